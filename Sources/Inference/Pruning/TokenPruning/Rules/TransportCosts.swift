import Compute
import Glibc
import Plan

/// `Cf(i, j) = |s_i - t_j|^2`: norms of the rows and, by one product, `s_i . t_j`.
struct FeatureCost {
  let sourceNorms: [Float]
  let targetNorms: [Float]
  /// Smallest and largest cost.
  let range: ClosedRange<Float>

  /// Leaves the products `s_i . t_j` in `products`, `[sources x targets]`.
  init(_ sources: MatrixView, _ targets: MatrixView, into products: MatrixView, _ workers: Workers) {
    sources.multiply(transposed: targets, into: products, workers)
    let s = (0..<sources.rows).map { sources.squaredNorm(ofRow: $0) }
    let t = (0..<targets.rows).map { targets.squaredNorm(ofRow: $0) }
    var least = Float.infinity
    var most = -Float.infinity
    for i in 0..<sources.rows {
      products.withRow(i) { row in
        for j in 0..<t.count {
          let cost = s[i] + t[j] - 2 * row[j]
          least = min(least, cost)
          most = max(most, cost)
        }
      }
    }
    sourceNorms = s
    targetNorms = t
    range = least <= most ? least...most : 0...0
  }
}

/// `Cs(i, j) = 1 - exp(-d(i, j)^2 / (2 sigma^2))` and `Ce(i)`, the distance from the centre, on a patch grid.
///
/// Both depend on few distinct offsets, so they are tables.
struct SpatialCost {
  private let columns: Int
  /// Row and column of each token.
  private let places: [(row: Int, column: Int)]
  private let byOffset: [Float]
  private let byPlace: [Float]
  /// One over the range of `Cs`; its smallest value is 0.
  let inverseRange: Float

  init(grid: ImageGrid, sigma: Double) {
    columns = grid.columns
    places = (0..<grid.count).map { token in
      let (row, column) = grid.place(of: token).quotientAndRemainder(dividingBy: grid.columns)
      return (row, column)
    }
    byOffset = (0..<grid.rows * grid.columns).map { offset in
      let (dy, dx) = offset.quotientAndRemainder(dividingBy: grid.columns)
      return Float(1 - exp(-Double(dx * dx + dy * dy) / (2 * sigma * sigma)))
    }
    inverseRange = 1 / max(byOffset.last ?? 0, 1e-30)
    let centre = (x: Double(grid.columns - 1) / 2, y: Double(grid.rows - 1) / 2)
    let distances = places.map { Float(hypot(Double($0.column) - centre.x, Double($0.row) - centre.y)) }
    let least = distances.min() ?? 0
    let width = max((distances.max() ?? 0) - least, 1e-30)
    byPlace = distances.map { ($0 - least) / width }
  }

  /// Calls `body` with every token and its unscaled `Cs` from token `i`.
  func forEachCost(from i: Int, _ body: (_ j: Int, _ cost: Float) -> Void) {
    let (y, x) = places[i]
    for (j, other) in places.enumerated() {
      body(j, byOffset[abs(y - other.row) * columns + abs(x - other.column)])
    }
  }

  /// `Ce` scaled to [0, 1].
  func central(_ i: Int) -> Float { byPlace[i] }
}

import Evaluation
import Figures

/// How unequal the places of a grid are, in words.
struct PositionBias {
  /// Share of the samples in which each place is kept, row by row.
  var shares: [Double]
  /// Share of the caches that hold each place.
  var cached: [Double]
  var rows: Int
  var columns: Int

  var words: Markup {
    let isPruned = (shares.min() ?? 1) < 1
    let values = isPruned ? shares : cached
    guard let least = values.min(), let most = values.max(), most > least else {
      return "Every place is kept alike."
    }
    let what = isPruned ? "is kept in" : "is never dropped as a token, but is held by"
    let unit = isPruned ? "of the samples" : "of the caches"
    var words: Markup =
      "A place \(what) \(Wording.share(Statistics.mean(values))) \(unit) on average: \(Wording.share(most)) at \(name(values.firstIndex(of: most))), \(Wording.share(least)) at \(name(values.firstIndex(of: least)))"
    words +=
      " (standard deviation over places \(Wording.signed(Statistics.deviation(values)).dropFirst()) points)."
    let edge = values.indices.filter(isEdge)
    let inner = values.indices.filter { !isEdge($0) }
    if !inner.isEmpty {
      words +=
        " The outermost ring of places: \(mean(edge, values)); inside it: \(mean(inner, values))."
    }
    let byRow = (0..<rows).map { row in
      Statistics.mean((0..<columns).map { values[row * columns + $0] })
    }
    let byColumn = (0..<columns).map { column in
      Statistics.mean((0..<rows).map { values[$0 * columns + column] })
    }
    words += " \(extremes("row", byRow)); \(extremes("column", byColumn))."
    return words
  }

  private func extremes(_ name: String, _ means: [Double]) -> String {
    guard let least = means.min(), let most = means.max(), let low = means.firstIndex(of: least),
      let high = means.firstIndex(of: most)
    else { return "" }
    let title = name == "row" ? "Rows" : "columns"
    return
      "\(title) differ from \(Wording.share(least)) (\(name) \(low + 1)) to \(Wording.share(most)) (\(name) \(high + 1))"
  }

  private func mean(_ places: [Int], _ values: [Double]) -> String {
    Wording.share(Statistics.mean(places.map { values[$0] }))
  }

  private func isEdge(_ index: Int) -> Bool {
    let (row, column) = index.quotientAndRemainder(dividingBy: columns)
    return row == 0 || column == 0 || row == rows - 1 || column == columns - 1
  }

  private func name(_ index: Int?) -> String {
    guard let index else { return "no place" }
    let (row, column) = index.quotientAndRemainder(dividingBy: columns)
    return "row \(row + 1), column \(column + 1)"
  }
}

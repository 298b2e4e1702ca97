import Compute
import Glibc

/// How likely a model found a token, and which others it found likely, in the distribution of its own logits.
public struct TokenChances: Equatable, Sendable {
  /// A token with the natural logarithm of its probability.
  public struct Chance: Equatable, Sendable {
    /// Its id.
    public let token: Int32
    /// Logarithm of its probability; minus infinity for one that cannot be.
    public let logarithm: Double
  }

  /// The token that was taken.
  public let taken: Chance
  /// The likeliest tokens, likeliest first; of equal ones the lower id first.
  public let likeliest: [Chance]

  /// The chances behind logits `[1 x vocabulary]` with a largest element.
  init(of token: Int32, top count: Int, _ logits: MatrixView) {
    (taken, likeliest) = logits.withRow(0) { row in
      let highest = Double(row.max() ?? 0)
      let sum = row.reduce(0.0) { $0 + exp(Double($1) - highest) }
      func chance(_ index: Int) -> Chance {
        Chance(token: Int32(index), logarithm: Double(row[index]) - highest - log(sum))
      }
      var best: [Int] = []
      for index in row.indices {
        if best.count == count, let last = best.last, row[index] <= row[last] { continue }
        let place = best.firstIndex { row[index] > row[$0] } ?? best.count
        best.insert(index, at: place)
        if best.count > count { best.removeLast() }
      }
      return (chance(Int(token)), best.map(chance))
    }
  }
}

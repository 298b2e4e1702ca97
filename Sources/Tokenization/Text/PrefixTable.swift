/// Texts to be found at a place of another one, the longest first.
///
/// The texts are sorted, so that those which start alike stand together: each byte that is read narrows a range of
/// them. Looking costs what the longest beginning is long, however many texts there are.
package struct PrefixTable: Sendable {
  /// In the order of their bytes, each once.
  private let texts: [[UInt8]]
  /// By first byte: the texts that start with it.
  private let starts: [Range<Int>]

  /// Where a text is and what it was given with.
  package struct Match {
    /// Its place among the texts that were given.
    package var index: Int
    /// Its length in bytes.
    package var count: Int
  }

  /// Places among the given texts, by place in `texts`.
  private let indices: [Int]

  /// Of equal texts the first counts; one without bytes is never found.
  package init(_ given: [[UInt8]]) {
    let order = given.indices.filter { !given[$0].isEmpty }.sorted { left, right in
      given[left].elementsEqual(given[right])
        ? left < right : given[left].lexicographicallyPrecedes(given[right])
    }
    var indices: [Int] = []
    for index in order {
      if let last = indices.last, given[last] == given[index] { continue }
      indices.append(index)
    }
    self.indices = indices
    texts = indices.map { given[$0] }
    var starts = [Range<Int>](repeating: 0..<0, count: 256)
    for (place, text) in texts.enumerated() {
      let first = Int(text[0])
      starts[first] = (starts[first].isEmpty ? place : starts[first].lowerBound)..<place + 1
    }
    self.starts = starts
  }

  /// The longest text that stands in `bytes` at `position`, which is one of its places.
  package func longest(in bytes: ArraySlice<UInt8>, at position: Int) -> Match? {
    var range = starts[Int(bytes[position])]
    var best: Match?
    var count = 1
    while !range.isEmpty {
      // The shortest of those that start alike comes first.
      if texts[range.lowerBound].count == count {
        best = Match(index: indices[range.lowerBound], count: count)
        range = range.lowerBound + 1..<range.upperBound
      }
      guard position + count < bytes.endIndex else { break }
      range = narrowed(range, by: bytes[position + count], at: count)
      count += 1
    }
    return best
  }

  /// Those of a range, all longer than `place`, that have a byte there.
  private func narrowed(_ range: Range<Int>, by byte: UInt8, at place: Int) -> Range<Int> {
    func first(_ isPast: (UInt8) -> Bool) -> Int {
      var (low, high) = (range.lowerBound, range.upperBound)
      while low < high {
        let middle = low + (high - low) / 2
        if isPast(texts[middle][place]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let low = first { $0 >= byte }
    return low..<max(low, first { $0 > byte })
  }
}

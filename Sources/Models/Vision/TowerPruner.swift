import Compute
import Plan

/// The choice of tokens behind a layer of a tower (section 8.1 of the methods).
struct TowerPruner {
  private let pruning: TowerPruning
  /// Patches along each side of what stays or leaves as one.
  private let unit: Int
  /// Rows that always stay.
  private let fixed: Int

  /// - Parameters:
  ///   - merge: patches along each side that the projector makes one token of.
  ///   - fixed: rows at the beginning that are on no grid.
  init(_ pruning: TowerPruning, merge: Int, fixed: Int) {
    self.pruning = pruning
    unit = pruning.putsBack ? 1 : merge
    self.fixed = fixed
  }

  /// Takes the tokens that leave out of `rows`, whose residual stream is `hidden`; returns the rows that stay, ascending.
  func prune(_ rows: inout TowerRows, _ hidden: MatrixView, _ workers: Workers) -> [Int] {
    let units = units(of: rows)
    let count = pruning.keptCount(of: units.count)
    guard count < units.count else { return Array(0..<rows.count) }
    let kept = choose(count, of: units, hidden, workers)
    var isKept = Array(repeating: false, count: rows.count)
    for row in 0..<fixed { isKept[row] = true }
    for index in kept { for row in units[index] { isKept[row] = true } }
    let staying = isKept.indices.filter { isKept[$0] }
    guard pruning.merges || pruning.putsBack else {
      rows.keep(staying) { _ in nil }
      return staying
    }
    let leaving = isKept.indices.filter { !isKept[$0] }
    let targets = nearest(leaving, among: staying.filter { $0 >= fixed }, hidden, workers)
    if pruning.merges { average(leaving, into: targets, hidden) }
    var target = Array(repeating: -1, count: isKept.count)
    for (row, other) in zip(leaving, targets) { target[row] = other }
    rows.keep(staying) { pruning.putsBack ? target[$0] : nil }
    return staying
  }

  /// Rows of what stays or leaves as one, by the place of its first patch.
  private func units(of rows: TowerRows) -> [[Int]] {
    let patches = rows.patches.enumerated().filter { rows.leading + $0.offset >= fixed }
    if unit == 1 {
      return patches.sorted { $0.element < $1.element }.map { [rows.leading + $0.offset] }
    }
    var groups: [Int: [Int]] = [:]
    for (index, patch) in patches {
      groups[rows.grid.group(of: patch, by: unit), default: []].append(rows.leading + index)
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Places of the units that stay.
  private func choose(
    _ count: Int, of units: [[Int]], _ hidden: MatrixView, _ workers: Workers
  ) -> [Int] {
    func mean(_ value: (Int) -> Float) -> [Float] {
      units.map { $0.reduce(0) { $0 + value($1) } / Float($0.count) }
    }
    switch pruning.rule {
    case .smallestNorm: return largest(count, of: mean { -hidden.squaredNorm(ofRow: $0).squareRoot() })
    case .largestNorm: return largest(count, of: mean { hidden.squaredNorm(ofRow: $0).squareRoot() })
    case .alternate: return evenlySpaced(count, of: units.count)
    case .random:
      var generator = SplitMix64(seed: pruning.seed)
      return generator.shuffled(Array(units.indices)).prefix(count).sorted()
    case .diverse:
      let sums = MatrixView(rows: units.count, columns: hidden.columns)
      for (index, unit) in units.enumerated() {
        for row in unit { sums[rows: index..<index + 1].add(hidden[rows: row..<row + 1]) }
      }
      return sums.mostDiverse(count, workers)
    }
  }

  /// The row of `others` that each of `rows` is most like.
  private func nearest(
    _ rows: [Int], among others: [Int], _ hidden: MatrixView, _ workers: Workers
  ) -> [Int] {
    func gathered(_ rows: [Int]) -> MatrixView {
      let result = MatrixView(rows: rows.count, columns: hidden.columns)
      result.gather(rows: rows, from: hidden)
      return result
    }
    let likeness = CosineSimilarity(gathered(rows), gathered(others), workers).matrix
    return rows.indices.map { index in
      likeness.withRow(index) { row in
        var best = 0
        for place in row.indices where row[place] > row[best] { best = place }
        return others[best]
      }
    }
  }

  /// Makes each target the mean of itself and all that leave for it.
  private func average(_ rows: [Int], into targets: [Int], _ hidden: MatrixView) {
    var counts = Array(repeating: Float(1), count: hidden.rows)
    for (row, target) in zip(rows, targets) {
      hidden[rows: target..<target + 1].add(hidden[rows: row..<row + 1])
      counts[target] += 1
    }
    for target in Set(targets) {
      hidden.withRow(target) { row in for index in row.indices { row[index] /= counts[target] } }
    }
  }
}

extension MatrixView {
  /// Rows chosen one after the other by the cosines between them: first the one nearest to the mean, then always the one that is least
  /// like those chosen; ties go to the first. Ascending.
  fileprivate func mostDiverse(_ count: Int, _ workers: Workers) -> [Int] {
    let likeness = CosineSimilarity(self, self, workers).matrix
    let sums = (0..<rows).map { likeness.withRow($0) { $0.reduce(0, +) } }
    var chosen: [Int] = []
    var closest = Array(repeating: -Float.infinity, count: rows)
    var isChosen = Array(repeating: false, count: rows)
    var next = sums.indices.max { sums[$0] == sums[$1] ? $0 > $1 : sums[$0] < sums[$1] } ?? 0
    while chosen.count < count {
      chosen.append(next)
      isChosen[next] = true
      likeness.withRow(next) { row in
        for index in closest.indices { closest[index] = max(closest[index], row[index]) }
      }
      var least = -1
      for index in closest.indices where !isChosen[index] {
        if least < 0 || closest[index] < closest[least] { least = index }
      }
      if least < 0 { break }
      next = least
    }
    return chosen.sorted()
  }
}

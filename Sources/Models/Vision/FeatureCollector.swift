import Compute
import Plan

/// Reads the rows of a tower at the boundaries that a model's features are made of.
struct FeatureCollector {
  private let model: VisionModel
  private let boundaries: [Int]
  /// What was read at each place of the features.
  private var snapshots: [Snapshot?]

  private struct Snapshot {
    let rows: MatrixView
    /// First row of each input, and the row of each of its patches counted from there.
    let starts: [Int]
    let rowOfPatch: [[Int]]
  }

  init(_ model: VisionModel, _ schedule: TowerSchedule) {
    self.model = model
    boundaries = schedule.featureLayers
    snapshots = Array(repeating: nil, count: boundaries.count)
  }

  /// Keeps the rows of a boundary that is read.
  mutating func collect(_ batch: TowerBatch, boundary: Int) {
    for (place, layer) in boundaries.enumerated() where layer == boundary {
      snapshots[place] = Snapshot(
        rows: batch.hidden.copy(), starts: batch.starts, rowOfPatch: batch.inputs.map(\.rowOfPatch))
    }
  }

  /// For each input the features of all patches that have some in the end, `first` rows before them left out.
  consuming func finish(_ batch: TowerBatch, first: Int) -> [TowerFeatures] {
    batch.inputs.indices.map { features(of: $0, batch.inputs[$0], first: first) }
  }

  private func features(of input: Int, _ rows: TowerRows, first: Int) -> TowerFeatures {
    let leading = rows.leading - min(first, rows.leading)
    // A first patch that is left out has its row, and no place on the grid any more.
    let dropsPatch = first > rows.leading
    let patches = rows.rowOfPatch.indices.filter { rows.rowOfPatch[$0] >= 0 && !(dropsPatch && $0 == 0) }
    let features = MatrixView(rows: leading + patches.count, columns: model.width * max(1, boundaries.count))
    for (place, snapshot) in snapshots.enumerated() {
      guard let snapshot else { continue }
      let target = features[columns: place * model.width..<(place + 1) * model.width]
      let own = (rows.leading - leading..<rows.leading) + patches.map { snapshot.rowOfPatch[input][$0] }
      target.gather(rows: own.map { snapshot.starts[input] + $0 }, from: snapshot.rows)
    }
    return TowerFeatures(rows: features, patches: patches, grid: rows.grid)
  }
}

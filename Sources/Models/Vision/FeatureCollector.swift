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
    let rowOfPatch: [Int]
  }

  init(_ model: VisionModel, _ schedule: TowerSchedule) {
    self.model = model
    boundaries = schedule.featureLayers
    snapshots = Array(repeating: nil, count: boundaries.count)
  }

  /// Keeps the rows of a boundary that is read.
  mutating func collect(_ rows: TowerRows, boundary: Int) {
    for (place, layer) in boundaries.enumerated() where layer == boundary {
      snapshots[place] = Snapshot(rows: rows.hidden.copy(), rowOfPatch: rows.rowOfPatch)
    }
  }

  /// The features of all patches that have some in the end, `first` rows before them left out.
  consuming func finish(_ rows: TowerRows, first: Int) -> TowerFeatures {
    let leading = rows.leading - min(first, rows.leading)
    // A first patch that is left out has its row, and no place on the grid any more.
    let dropsPatch = first > rows.leading
    let patches = rows.rowOfPatch.indices.filter { rows.rowOfPatch[$0] >= 0 && !(dropsPatch && $0 == 0) }
    let features = MatrixView(rows: leading + patches.count, columns: model.width * max(1, boundaries.count))
    for (place, snapshot) in snapshots.enumerated() {
      guard let snapshot else { continue }
      let target = features[columns: place * model.width..<(place + 1) * model.width]
      let sources = (rows.leading - leading..<rows.leading) + patches.map { snapshot.rowOfPatch[$0] }
      target.gather(rows: Array(sources), from: snapshot.rows)
    }
    return TowerFeatures(rows: features, patches: patches, grid: rows.grid)
  }
}

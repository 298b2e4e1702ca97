import Evaluation

extension NeuronOrdering {
  /// Times magnitudes of a sample, with those of its pictures and without: neighbours share them.
  func forecast(_ probe: SampleProbe, over set: SampleSet) throws -> [StageEstimate] {
    let tower = try probe.seconds { _ = try magnitudes(of: probe.samples.question($0), tower: true) }
    let decoder = try probe.seconds { _ = try magnitudes(of: probe.samples.question($0), tower: false) }
    let (samples, pictures) = (Double(set.samples.count), Double(Set(set.samples.map(\.images)).count))
    return [
      StageEstimate(
        stage: Self.title, seconds: pictures * tower + (samples - pictures) * decoder)
    ]
  }
}

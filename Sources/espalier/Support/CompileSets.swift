import Evaluation

/// The two sets that a model is compiled by.
struct CompileSets {
  /// What the methods are calibrated on.
  var calibration: SampleSet
  /// What operating points are chosen on.
  var validation: SampleSet
}

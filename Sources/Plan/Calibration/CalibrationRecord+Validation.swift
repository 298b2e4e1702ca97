extension CalibrationRecord {
  /// Demands that every part fits the model.
  package func validate(for model: ModelDescription) throws(Flaw) {
    for part in parts { try part.validate(for: model) }
    try require(provenance.samples, in: 0...1_000_000_000, "samples", CalibrationProvenance.path)
    try requireDigest(provenance.setDigest, "set_digest", CalibrationProvenance.path)
    for digest in provenance.pictures {
      try requireDigest(digest, "an entry", CalibrationProvenance.path + "/pictures")
    }
    for digest in provenance.validationPictures {
      try requireDigest(digest, "an entry", CalibrationProvenance.path + "/validation_pictures")
    }
  }
}

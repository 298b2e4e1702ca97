import Imaging

extension SampleSet {
  /// The samples whose pictures can be decoded. Without `report` one that cannot is an error with its line; with it, the
  /// sample is left out and the error handed over.
  public func decodable(skipping report: ((SampleSetError) -> Void)? = nil) throws(SampleSetError)
    -> SampleSet
  {
    var result = self
    result.samples = []
    var problems: [String: String?] = [:]
    for sample in samples {
      var problem: SampleSetError?
      for image in sample.images where problem == nil {
        let found = problems[image] ?? Self.problem(image)
        problems[image] = .some(found)
        problem = found.map { SampleSetError(path, sample.line, $0) }
      }
      guard let problem else {
        result.samples.append(sample)
        continue
      }
      guard let report else { throw problem }
      report(problem)
    }
    if result.samples.isEmpty {
      throw SampleSetError(path, nil, "has no sample whose picture can be decoded")
    }
    return result
  }

  private static func problem(_ image: String) -> String? {
    do {
      _ = try ImageDecoder.decode(contentsOf: image)
      return nil
    } catch { return "\(error)" }
  }
}

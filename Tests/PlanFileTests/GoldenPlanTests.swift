import Digests
import Foundation
import HDF5Subset
import Plan
import PlanWriting
import TestSupport
import Testing
import TinyPlans

@testable import PlanFile

/// A plan of each minor version of the format opens for ever, and says what h5py read in it.
@Suite("Golden plans", .endsWithin(minutes: 1)) struct GoldenPlanTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/plans")

  private static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".h5") }.sorted()
    }
  }

  private static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// With ESPALIER_UPDATE_PLANS=1 in the environment, the plan of this version is written, if there is none.
  @Test func `there is one of every minor version`() throws {
    let current = FormatVersion.current
    if ProcessInfo.processInfo.environment["ESPALIER_UPDATE_PLANS"] != nil,
      try !Self.names.contains("\(current).h5")
    {
      var contents = TinyPlan.contents(.int8)
      // What the current version brought.
      contents.model.text.deltaLayers = [1]
      (contents.model.text.delta.keyWidth, contents.model.text.delta.valueWidth) = (8, 4)
      contents.model.text.attentionGate = true
      (contents.model.text.valueNorm, contents.model.text.layerScales) = (true, true)
      contents.model.text.layerEmbeddingWidth = 4
      contents.model.text.layerEmbeddingVocabulary = contents.model.text.vocabulary
      contents.model.text.logitCap = 30
      (contents.model.vision.layerBias, contents.model.vision.outputNorms) = (false, true)
      (contents.model.vision.gatedFeedForward, contents.model.vision.clipsProducts) = (true, true)
      contents.model.projector.standardizes = true
      contents.calibration?.layerReduction?.attention = [0]
      contents.calibration?.layerReduction?.attentionDivergence = [0.01]
      for index in contents.points.indices {
        contents.points[index].settings.cacheRetention?.rates = [0.7, 1]
      }
      try PlanWriter.write(contents, weights: CountingWeights(), to: Self.path("\(current).h5"))
    }
    #expect(try Self.names == (0...current.minor).map { "\(current.major).\($0).h5" })
  }

  @Test func `they open, with all digests and numbers right`() throws {
    for name in try Self.names {
      let plan = try Plan(contentsOf: Self.path(name), verifying: .everything)
      try plan.verifyNumbers()
      let points = plan.contents.points.map(\.name)
      #expect(plan.contents.calibration != nil && points == ["quality", "fast", "dense"], "\(name)")
      #expect(plan.weights.format == .int8 && plan.producer == "espalier 0.1.0", "\(name)")
    }
  }

  @Test func `they hold what h5py read`() throws {
    for name in try Self.names {
      let expected = try String(
        contentsOfFile: Self.path(name).replacing(".h5", with: ".txt"), encoding: .utf8)
      let mapping = try MappedFile(path: Self.path(name), sizeLimit: 1 << 30)
      let found = try SubsetReader(mapping.bytes).objects().sorted { $0.path < $1.path }
        .flatMap { object in Self.lines(of: object, in: mapping) }
      #expect(expected == found.map { $0 + "\n" }.joined(), "\(name)")
    }
  }

  private static func lines(of object: SubsetObject, in mapping: MappedFile) -> [String] {
    let elements = object.elements.map { elements in
      let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[elements.range])
      return " \(elements.type) \(elements.shape) \(SHA256.hexadecimal(of: bytes))"
    }
    return ["\(object.path)\(elements ?? "")"]
      + object.attributes.map { attribute in
        let digest = attribute.bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
        return "  @\(attribute.name) \(attribute.type) \(attribute.shape) \(digest)"
      }
  }
}

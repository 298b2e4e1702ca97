import CHDF5
import Plan
import PlanFile
import PlanWriting
import Testing
import TestSupport
import TinyPlans

/// A good plan, one thing done to it, and what opening it must say.
struct Hostile: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var object: String
  var reason: String
  var change: @Sendable (String) -> Void

  /// A change of the bytes.
  static func bytes(
    _ what: String, _ object: String, _ reason: String, _ change: @escaping @Sendable (inout [UInt8]) -> Void
  ) -> Self {
    Self(testDescription: what, object: object, reason: reason) { path in
      var bytes = readBytes(path)
      change(&bytes)
      writeBytes(bytes, to: path)
    }
  }

  /// A change of the objects.
  static func objects(
    _ what: String, _ object: String, _ reason: String, _ change: @escaping @Sendable (Surgery) -> Void
  ) -> Self {
    Self(testDescription: what, object: object, reason: reason) { Surgery.on($0, change) }
  }

  static let norm = "/weights/text/final_norm"
  static let text = "/model/text"

  static let files: [Self] = [
    .bytes("empty file", "/", "is empty") { $0 = [] },
    .bytes("text file", "/", "is not an HDF5 file") { $0 = Array("weights: none\n".utf8) },
    .bytes("signature only", "/", "is truncated: 8 bytes") { $0.removeLast($0.count - 8) },
    .bytes("truncated file", "/", "truncated or appended to") { $0.removeLast(5000) },
    .bytes("appended bytes", "/", "truncated or appended to") { $0.append(0) },
    .bytes("older superblock", "/", "superblock version 0, expected 3") { $0[8] = 0 },
    .bytes("left open by its writer", "/", "was not closed by its writer") { $0[11] = 1 },
    .bytes("user block", "/", "is not an HDF5 file") {
      $0.insert(contentsOf: [UInt8](repeating: 0, count: 512), at: 0)
    },
    .bytes("flipped byte in the superblock", "/", "has a superblock that is damaged") { $0[36] ^= 1 },
    .bytes("flipped byte in a header", "/", "has a header that is damaged") { $0[60] ^= 0xff },
  ]

  static let structure: [Self] = [
    .objects("newer major version", "/", "has format version 2.0, this program reads 1.4") {
      $0.attribute("format_version", of: "/", type: espalier_type_int64(), [2, 0] as [Int64], scalar: false)
    },
    .objects("missing weight", norm, "dataset is missing") { $0.remove(norm) },
    .objects("missing group", "/tokenizer", "group is missing") { $0.remove("/tokenizer") },
    .objects("extra dataset", "/weights/text/backdoor", "is not expected") {
      $0.dataset("/weights/text/backdoor", [4])
    },
    .objects("extra group", "/notes", "is not expected") { $0.group("/notes") },
    .objects("wrong shape", norm, "has shape 9, expected 8") {
      $0.remove(norm)
      $0.dataset(norm, [9])
      $0.signature(norm)
    },
    .objects("wrong type", norm, "is float64, expected float32") {
      $0.remove(norm)
      $0.dataset(norm, [8], type: espalier_type_float64())
    },
    .objects("unknown type", norm, "has an element type that is not in the subset") {
      $0.remove(norm)
      $0.dataset(norm, [8], type: H5Tcreate(H5T_OPAQUE, 4))
    },
    .objects("chunked dataset", norm, "is chunked, expected contiguous") {
      $0.remove(norm)
      $0.dataset(norm, [8], .chunked)
    },
    .objects("compressed dataset", norm, "has filters, expected none") {
      $0.remove(norm)
      $0.dataset(norm, [8], .deflated)
    },
    .objects("compact dataset", norm, "is compact, expected contiguous") {
      $0.remove(norm)
      $0.dataset(norm, [8], .compact)
    },
    .objects("dataset in another file", norm, "keeps its data in another file") {
      $0.remove(norm)
      $0.dataset(norm, [8], .external("/etc/passwd"))
    },
    .objects("dataset without a place", norm, "has another fill value than the writer makes") {
      $0.remove(norm)
      $0.dataset(norm, [8], .late)
    },
    .objects("soft link", "/weights/text", "has a link of type 1; only hard links are allowed") {
      $0.remove(norm)
      $0.softLink(norm, to: "/weights/text/embedding")
    },
    .objects("external link", "/", "has a link of type 64; only hard links are allowed") {
      $0.remove("/tokenizer")
      $0.externalLink("/tokenizer", to: "/tmp/other.h5")
    },
    .objects(
      "one dataset under two names", norm, "is linked more than once"
    ) {
      $0.remove(norm)
      $0.hardLink(norm, to: "/weights/text/layers/00/attention_norm")
    },
    .objects(
      "group inside itself", "/weights", "is linked more than once"
    ) {
      $0.hardLink("/weights/loop", to: "/weights")
    },
  ]

  static let attributes: [Self] = [
    .objects("missing attribute", text, "attribute 'layers' is missing") {
      $0.removeAttribute("layers", of: text)
    },
    .objects("extra attribute", text, "attribute 'speed' is not expected") {
      $0.attribute("speed", of: text, type: espalier_type_int64(), [1] as [Int64])
    },
    .objects("attribute of another type", text, "attribute 'layers' is a number, which it cannot be") {
      $0.attribute("layers", of: text, type: espalier_type_float64(), [2] as [Double])
    },
    .objects(
      "variable-length attribute", "/model",
      "attribute 'family' has an element type that is not in the subset"
    ) {
      $0.variableLengthAttribute("family", of: "/model")
    },
    .objects("huge layer count", text, "layers is 9223372036854775807, expected 1 to 512") {
      $0.attribute("layers", of: text, type: espalier_type_int64(), [Int64.max])
    },
    .objects("no heads", text, "key_value_heads is 0") {
      $0.attribute("key_value_heads", of: text, type: espalier_type_int64(), [0] as [Int64])
    },
    .objects("epsilon that is no number", text, "norm_epsilon is nan") {
      $0.attribute("norm_epsilon", of: text, type: espalier_type_float64(), [Double.nan])
    },
    .objects("keep ratio that is no number", "/operating_points/fast", "token_pruning_keep_ratio is nan") {
      $0.attribute(
        "token_pruning_keep_ratio", of: "/operating_points/fast", type: espalier_type_float64(), [Double.nan])
    },
    .objects(
      "prune layer beyond the model", "/operating_points/fast",
      "token_pruning_prune_layer is 2, expected -1 to 1"
    ) {
      $0.attribute(
        "token_pruning_prune_layer", of: "/operating_points/fast", type: espalier_type_int64(), [2] as [Int64]
      )
    },
    .objects("changed by hand", "/", "contents_digest does not match the contents") {
      $0.attribute(
        "token_pruning_keep_ratio", of: "/operating_points/fast", type: espalier_type_float64(), [0.25])
    },
    .objects(
      "a flag of 2", "/operating_points/fast",
      "attribute 'token_pruning' has a type or value that plans do not use"
    ) {
      $0.attribute("token_pruning", of: "/operating_points/fast", type: espalier_type_uint8(), [2] as [UInt8])
    },
  ]
}

extension Surgery {
  /// Gives a new dataset the attributes a weight must have, with a digest of nothing.
  func signature(_ path: String) {
    for name in ["description", "sha256"] {
      let type = H5Tcopy(espalier_type_string())
      H5Tset_size(type, 64)
      H5Tset_strpad(type, H5T_STR_NULLPAD)
      H5Tset_cset(type, H5T_CSET_UTF8)
      attribute(name, of: path, type: type, [UInt8](repeating: UInt8(ascii: "0"), count: 64))
      H5Tclose(type)
    }
  }
}

@Suite(.endsWithin(minutes: 1)) struct HostilePlans {
  @Test(arguments: Hostile.files + Hostile.structure + Hostile.attributes)
  func areRefusedInOneLine(hostile: Hostile) throws {
    let scratch = Scratch()
    let path = scratch.file()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: path)
    hostile.change(path)
    let error = #expect(throws: PlanError.self) { try Plan(contentsOf: path) }
    #expect(error?.file == path)
    #expect(error?.object == hostile.object)
    #expect(error?.reason.contains(hostile.reason) ?? false, "\(error?.reason ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func aFlippedByteInTheWeightsIsFoundByVerify() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    let name = "text/layers/01/gate_up"
    let offset: Int = try {
      let plan = try Plan(contentsOf: scratch.file())
      let tensor = try #require(plan.weights.tensor(name))
      let (start, base) = (
        try #require(tensor.bytes.baseAddress), try #require(tensor.mapping.bytes.baseAddress)
      )
      return start - base
    }()
    var bytes = readBytes(scratch.file())
    bytes[offset + 100] ^= 4
    writeBytes(bytes, to: scratch.file())
    let plan = try Plan(contentsOf: scratch.file())
    let error = #expect(throws: PlanError.self) { try plan.verify() }
    #expect(error?.object == "/weights/" + name)
    #expect(throws: PlanError.self) { try Plan(contentsOf: scratch.file(), verifying: .everything) }
  }

  @Test func whatIsNotAFileIsRefused() {
    for (path, reason) in [
      ("/dev/zero", "is not a regular file"), ("/tmp", "is not a regular file"),
      ("/nowhere/plan.h5", "cannot open: No such file or directory"),
    ] {
      let error = #expect(throws: PlanError.self) { try Plan(contentsOf: path) }
      #expect(error?.description == "\(path): \(reason)")
    }
  }

  @Test func extensionsAreLeftAlone() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    Surgery.on(scratch.file()) {
      $0.group("/x_notes")
      $0.dataset("/x_notes/anything", [2], .chunked)
    }
    #expect(try Plan(contentsOf: scratch.file()).contents == TinyPlan.contents())
  }
}

@Suite(.endsWithin(minutes: 2)) struct DamagedPlans {
  /// Whatever byte is hit: the plan is refused, or it was a byte nobody reads.
  @Test func neverTrap() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    let bytes = readBytes(scratch.file())
    var state: UInt64 = 1
    for _ in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Object headers fill the first part of the file; the multiplier spreads over it.
      let place = Int(state >> 33) % min(bytes.count, 48_000)
      var damaged = bytes
      damaged[place] ^= UInt8(truncatingIfNeeded: state >> 24) | 1
      writeBytes(damaged, to: scratch.file("damaged.h5"))
      do throws(PlanError) {
        #expect(
          try Plan(contentsOf: scratch.file("damaged.h5")).contents == TinyPlan.contents(), "byte \(place)")
      } catch { #expect(!error.reason.isEmpty) }
    }
  }
}

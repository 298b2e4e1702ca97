public import Inference
public import Plan
import PlanFile
import PlanWriting

/// A plan of the tiny model on disk, with a tokenizer of single bytes.
public enum TinyContext {
  /// What the plan says.
  public static var contents: PlanContents {
    var model = TinyModel.description
    model.text.vocabulary = 258
    model.text.stopTokens = [256]
    model.text.imageToken = 257
    var image = ImagePreprocessing()
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (model.vision.imageSize, model.vision.imageSize)
    image.tiling = .single(tile)
    var tokenizer = TokenizerTables()
    tokenizer.tokens = (0...255).map { [UInt8($0)] } + ["<end>", "<image>"].map { Array($0.utf8) }
    tokenizer.addedTokens = [.init(id: 256, content: "<end>"), .init(id: 257, content: "<image>")]
    return PlanContents(
      model: model, image: image, tokenizer: tokenizer,
      prompt: PromptTemplate(before: [.literal("Q")], after: [.literal("A")]),
      weightFormat: .float32, sourceDigest: "")
  }

  /// The same with a template that knows a second turn.
  public static var dialogueContents: PlanContents {
    var contents = contents
    contents.prompt.openings += [
      .init(.first, segments: [.literal("Q")]), .init(.last, segments: [.literal("Q")]),
    ]
    contents.prompt.closings += [
      .init(.first, segments: [.literal("A"), .reply]), .init(.last, segments: [.literal("A")]),
    ]
    return contents
  }

  /// Writes the plan to a folder and opens a context on it.
  public static func open(
    _ contents: PlanContents = contents, in folder: TemporaryFolder, threads: Int = 1
  ) throws -> Context {
    let path = try write(contents, in: folder)
    return Context(try Model(Plan(contentsOf: path)), threads: threads)
  }

  /// Writes the plan to a folder and returns its path.
  public static func write(
    _ contents: PlanContents = contents, in folder: TemporaryFolder
  ) throws -> String {
    let path = folder.file("tiny.h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return path
  }

  /// Writes `count` pictures and a set of one question each; returns the set's path.
  public static func writeSet(in folder: TemporaryFolder, count: Int) throws -> String {
    let lines = try (0..<count).map { index in
      try folder.write(TinyPicture.png(seed: UInt64(index)), to: "\(index).png")
      return #"{"id": "s\#(index)", "image": "\#(index).png", "prompt": "what \#(index)"}"#
    }
    return try folder.write(lines.joined(separator: "\n"), to: "set.jsonl")
  }
}

import Compute
import Foundation
import Imaging
@testable import Inference
import Plan
import PlanFile
import PlanWriting
import TestSupport
import Testing

/// What the tower made of a picture is known from then on.
@Suite(.endsWithin(minutes: 2)) struct PictureCacheTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let cache = PictureCache()

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(TinyContext.dialogueContents, in: folder)
  }

  private func picture(_ seed: UInt64) -> ImageSource {
    .bytes(TinyPicture.png(seed: seed), name: "\(seed)")
  }

  private func ask(
    _ pictures: [ImageSource], at settings: PictureSettings = .dense, in other: Context? = nil,
    maxMemory: Int? = nil, cache: PictureCache?
  ) throws -> Answer {
    let point = OperatingPoint(name: "p", settings: PruningSettings(picture: settings))
    var question = Question(images: pictures, prompt: "why")
    question.options.maxTokens = 4
    return try Dialogue(other ?? context, point: point, maxMemory: maxMemory, cache: cache).answer(question)
  }

  @Test func `the second question about a picture never runs the tower, and is answered alike`() throws {
    let without = try ask([picture(1)], cache: nil)
    let first = try ask([picture(1)], cache: cache)
    #expect(first.seconds.vision > 0 && first.knownPictures == 0)
    let second = try ask([picture(1)], cache: cache)
    #expect(second.seconds.vision == 0 && second.knownPictures == 1)
    #expect(first.tokens == without.tokens && second.tokens == without.tokens)
    #expect(second.visualTokens == 16 && second.counts == first.counts.with(second.counts.selectionSeconds))
  }

  @Test func `another picture in between is no matter`() throws {
    let dialogue = try Dialogue(context, point: .dense, cache: cache)
    var runs: [Int] = []
    for seed: UInt64 in [1, 2, 1, 2, 3, 1] {
      var question = Question(images: [picture(seed)], prompt: "why")
      question.options.maxTokens = 2
      let answer = try dialogue.answer(question)
      #expect((answer.seconds.vision == 0) == (answer.knownPictures == 1))
      runs.append(1 - answer.knownPictures)
    }
    #expect(runs == [1, 1, 0, 0, 1, 0])
  }

  @Test func `of several pictures only the new ones run it, and the same one twice runs it once`() throws {
    #expect(try ask([picture(1), picture(2)], cache: cache).knownPictures == 0)
    #expect(try ask([picture(2), picture(3)], cache: cache).knownPictures == 1)
    let twice = try ask([picture(4), picture(4)], cache: cache)
    #expect(twice.knownPictures == 1)
    #expect(try twice.tokens == ask([picture(4), picture(4)], cache: nil).tokens)
  }

  @Test func `other settings, another number of pictures and another plan do run it`() throws {
    _ = try ask([picture(1)], cache: cache)
    let depth = PictureSettings(towerDepth: TowerDepth(skippedLayers: 1))
    #expect(try ask([picture(1)], at: depth, cache: cache).knownPictures == 0)
    #expect(try ask([picture(1)], at: depth, cache: cache).knownPictures == 1)
    #expect(try ask([picture(1), picture(2)], cache: cache).knownPictures == 0)
    // The same weights with other contents, and the same contents with other weights.
    var contents = TinyContext.dialogueContents
    contents.image.mean = [0.4, 0.5, 0.6]
    let otherContents = folder.file("contents.h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: otherContents)
    let otherWeights = folder.file("weights.h5")
    try PlanWriter.write(TinyContext.dialogueContents, weights: RandomWeights(seed: 2), to: otherWeights)
    for path in [otherContents, otherWeights] {
      let other = Context(try Model(Plan(contentsOf: path)), threads: 1)
      #expect(try ask([picture(1)], in: other, cache: cache).knownPictures == 0, "\(path)")
    }
    #expect(try ask([picture(1)], cache: cache).knownPictures == 1)
  }

  @Test func `a model of no plan has nothing to be known by`() throws {
    let other = try TinyModel.context()
    let gathering = PictureGathering(
      [try picture(1).encoded()], in: other, at: .dense, cache: cache)
    #expect(gathering.keys.isEmpty)
  }

  @Test func `no more bytes are held than the limit, and the oldest go first`() throws {
    let one = try context.encode(try context.model.prepare(picture(1).encoded())).heldBytes
    let small = PictureCache(limit: 2 * one + one / 2)
    for seed: UInt64 in [1, 2, 1, 3] {
      _ = try ask([picture(seed)], cache: small)
      #expect(small.bytes <= 2 * one + one / 2)
    }
    #expect(small.bytes == 2 * one)
    // 2 was not used for the longest time.
    #expect(try ask([picture(1)], cache: small).knownPictures == 1)
    #expect(try ask([picture(3)], cache: small).knownPictures == 1)
    #expect(try ask([picture(2)], cache: small).knownPictures == 0)
    let none = PictureCache(limit: 0)
    for _ in 0..<2 { #expect(try ask([picture(1)], cache: none).knownPictures == 0) }
    #expect(none.bytes == 0)
  }

  @Test func `what is held counts as memory, and gives way where there is a bound`() throws {
    let alone = try ask([picture(9)], cache: nil).memoryBound
    for seed: UInt64 in 1...5 { _ = try ask([picture(seed)], cache: cache) }
    let held = cache.bytes
    #expect(try ask([picture(1)], cache: cache).memoryBound == alone + held - held / 5)
    #expect(try ask([picture(9)], cache: cache).memoryBound == alone + held)
    // Room for two others.
    let tight = try ask([picture(1)], maxMemory: alone + held / 5 * 2, cache: cache)
    #expect(tight.memoryBound <= alone + held / 5 * 2 && tight.knownPictures == 1)
    #expect(cache.bytes == held / 5 * 3)
    // A question that has room alone has room.
    #expect(try ask([picture(8)], maxMemory: alone, cache: cache).memoryBound == alone)
    #expect(throws: InferenceError.self) {
      try ask([picture(8)], maxMemory: alone - 1, cache: cache)
    }
  }

  @Test func `what a plan gives that somebody has written to is not kept`() throws {
    let path = folder.file("changed.h5")
    try PlanWriter.write(TinyContext.dialogueContents, weights: RandomWeights(seed: 1), to: path)
    let changed = Context(try Model(Plan(contentsOf: path)), threads: 1)
    let image = try picture(1).encoded()
    var gathering = PictureGathering([image], in: changed, at: .dense, cache: cache)
    let layout = try changed.model.layout(prompt: "why", images: 1)
    let request = try changed.model.memoryRequest(
      pictures: [(try image.size(), image.bytes.count)], textTokens: layout.parts.count, maxTokens: 1,
      threads: 1)
    try gathering.prepare(for: request)
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data([0]))
    try file.close()
    #expect(throws: PlanError.self) { try gathering.encode() }
    #expect(cache.bytes == 0 && gathering.new.isEmpty)
  }

  @Test func `dialogues at once on one cache answer as they answer alone`() throws {
    let (model, cache, kept) = (context.model, cache, folder.file("kept"))
    let expected = try (1...3).map { try ask([picture($0)], cache: nil).tokens }
    let answers = Locked<[[Int32]]>(Array(repeating: [], count: 12))
    DispatchQueue.concurrentPerform(iterations: 12) { index in
      let shared = index % 2 == 0 ? cache : try? PictureCache(limit: 4000, folder: kept, folderLimit: 6000)
      let bytes = TinyPicture.png(seed: UInt64(index % 3 + 1))
      var question = Question(images: [.bytes(bytes, name: "\(index)")], prompt: "why")
      question.options.maxTokens = 4
      let dialogue = try? Dialogue(Context(model, threads: 1), point: .dense, cache: shared)
      let tokens = try? dialogue?.answer(question).tokens
      answers.withLock { $0[index] = tokens ?? [] }
    }
    #expect(answers.withLock { $0 } == (0..<12).map { expected[$0 % 3] })
  }
}

extension PruningCounts {
  /// The same with another time.
  fileprivate func with(_ seconds: Double) -> Self {
    var result = self
    result.selectionSeconds = seconds
    return result
  }
}

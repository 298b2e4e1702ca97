import Compute
import Foundation
import Inference
import Plan
import Testing
import TestSupport

/// One model, several contexts, each on a thread of its own.
@Suite(.endsWithin(minutes: 2)) struct SharedModelTests {
  @Test(arguments: [true, false])
  func `two contexts at once give the tokens that each gives alone`(sharingPool: Bool) throws {
    let folder = try TemporaryFolder()
    let model = try TinyContext.open(in: folder).model
    let pictures = try (1...2).map { seed in
      try folder.write(TinyPicture.png(seed: UInt64(seed)), to: "\(seed).png")
    }
    let points = [
      OperatingPoint.dense,
      OperatingPoint(
        name: "p",
        settings: PruningSettings(
          tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1),
          cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.25, 0.25], ranking: .window))),
    ]
    @Sendable func tokens(_ pool: WorkerPool, _ index: Int) throws -> [Int32] {
      let context = Context(model, pool: pool)
      return try (0..<4).flatMap { round in
        var question = Question(images: [.file(pictures[index])], prompt: "why \(round)")
        question.options.maxTokens = 12
        return try context.answer(question, point: points[(index + round) % 2]).tokens
      }
    }
    let alone = try (0..<2).map { try tokens(WorkerPool(threads: 1), $0) }
    let shared = WorkerPool(threads: 2)
    let together = Locked<[Int: [Int32]]>([:])
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      let answer = try? tokens(sharingPool ? shared : WorkerPool(threads: 2), index)
      together.withLock { $0[index] = answer }
    }
    #expect(together.withLock { $0 } == [0: alone[0], 1: alone[1]])
  }
}

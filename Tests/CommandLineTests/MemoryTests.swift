import Foundation
import Inference
import Plan
import PlanFile
import PlanWriting
import TestSupport
import Testing

/// What a request may need is known before it is begun, and is what it needs at most.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct MemoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A model whose requests take far more memory than the program: 4,096 visual tokens, four layers of width 512.
  private func plan(_ format: WeightFormat, _ settings: PruningSettings) throws -> String {
    var contents = TinyContext.dialogueContents
    contents.prompt.openings.append(.init(.middle, segments: [.literal("Q")]))
    contents.prompt.closings.append(.init(.middle, segments: [.literal("A"), .reply]))
    var text = contents.model.text
    (text.layers, text.width, text.queryHeads, text.keyValueHeads, text.headWidth) = (4, 512, 8, 4, 64)
    (text.feedForwardWidth, text.contextLength, text.rotary.width) = (1024, 6000, 64)
    var vision = contents.model.vision
    (vision.layers, vision.width, vision.heads, vision.feedForwardWidth) = (2, 128, 2, 512)
    (vision.imageSize, vision.patchSize) = (448, 7)
    (contents.model.text, contents.model.vision) = (text, vision)
    var tile = TileShape()
    (tile.side, tile.shortestEdge) = (448, 448)
    contents.image.tiling = .single(tile)
    contents.weightFormat = format
    contents.points = [OperatingPoint(name: "point", settings: settings)]
    let path = folder.file("\(format.rawValue).h5")
    try PlanWriter.write(contents, weights: RandomWeights(seed: 1), to: path)
    return path
  }

  private func arguments(_ plan: String, _ more: String...) throws -> [String] {
    try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
    return [
      plan, "--image", folder.file("picture.png"), "--prompt", "what", "--point", "point", "--max-tokens",
      "8", "--threads", "2", "--json",
    ] + more
  }

  static let settings: [PruningSettings] = [
    PruningSettings(),
    PruningSettings(
      tokenPruning: .init(rule: .sinkhorn, keepRatio: 0.5, layer: 1),
      layerReduction: .init(feedForwardLayers: [0, 1, 2, 3], attentionLayers: [], neuronShare: 0.5),
      cacheRetention: .init(rates: [0.5, 0.5, 0.5, 0.5], ranking: .window)),
    PruningSettings(tokenPruning: .init(rule: .cdpruner, keepRatio: 0.02, layer: -1)),
  ]

  @Test(arguments: [WeightFormat.float32, .bfloat16, .int8], 0..<settings.count)
  func `a request takes no more than its bound, and the bound is not far above`(
    format: WeightFormat, settings: Int
  ) throws {
    let plan = try plan(format, Self.settings[settings])
    let result = try Program.run("espalier-run", try arguments(plan))
    #expect(result.status == 0, "\(result.errors)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let peak = try #require(json["peak_resident_bytes"] as? Int)
    let bound = try #require(json["memory_bound_bytes"] as? Int)
    #expect(peak <= bound, "\(format) \(settings): \(peak >> 20) of \(bound >> 20) MiB")
    #expect(bound < 4 * peak, "\(format) \(settings): \(peak >> 20) of \(bound >> 20) MiB")
  }

  @Test func `a request beyond --max-memory is refused in one line, one within it is answered`() throws {
    let plan = try plan(.int8, PruningSettings())
    let refused = try Program.run("espalier-run", try arguments(plan, "--max-memory", "100MB"))
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(refused.errors.hasPrefix("Error: request: may need "), "\(refused.errors)")
    #expect(refused.errors.contains("more than the limit of 95.4 MiB"), "\(refused.errors)")
    #expect(refused.errors.count { $0 == "\n" } == 1)
    #expect(try Program.run("espalier-run", try arguments(plan, "--max-memory", "2GB")).status == 0)
  }

  @Test func `pictures that are known count, and give way to a limit`() throws {
    let plan = try plan(.int8, PruningSettings())
    func lines(_ more: [String]) throws -> [(peak: Int, bound: Int)] {
      // Each line is about another picture, which is there before the line is read.
      let result = try Program.shell(
        """
        coproc RUN { "$0" "${@:2}"; }
        for picture in "$1"/*.png; do
          cp "$picture" "$1/now"; echo what >&${RUN[1]}
          read -t 60 -r answer <&${RUN[0]} || exit 1
          echo "$answer"
        done
        """,
        [
          Program.path("espalier-run"), folder.path, plan, "--image", folder.file("now"), "--chat", "--json",
          "--max-tokens", "2", "--threads", "2",
        ] + more)
      #expect(result.errors.isEmpty)
      return try result.output.split(separator: "\n").map { line in
        let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return (
          try #require(json?["peak_resident_bytes"] as? Int),
          try #require(json?["memory_bound_bytes"] as? Int)
        )
      }
    }
    for seed: UInt64 in 10..<24 { try folder.write(TinyPicture.png(seed: seed), to: "\(seed).png") }
    let free = try lines([])
    #expect(free.count == 14)
    // 4,096 visual tokens of 512 floats.
    let features = 4096 * 512 * 4
    for (index, line) in free.enumerated() {
      #expect(line.peak <= line.bound, "\(index): \(line.peak >> 20) of \(line.bound >> 20) MiB")
      #expect(line.bound >= free[0].bound + index * features)
    }
    // Room for two others.
    let limit = (free.first?.bound ?? 0) + (20 << 20)
    let limited = try lines(["--max-memory", "\(limit)"])
    #expect(limited.count == 14)
    for line in limited {
      #expect(line.bound <= limit && line.peak <= limit, "\(line.peak >> 20) of \(limit >> 20) MiB")
    }
    // Memory of pictures that left is that of others.
    let peaks = (free: free.last?.peak ?? 0, limited: limited.last?.peak ?? 0)
    #expect(peaks.limited < peaks.free - 8 * features, "\(peaks.limited >> 20) of \(peaks.free >> 20) MiB")
  }

  @Test(arguments: ["", "x", "-1MB", "1XB", "nan", "1e400"]) func `a limit is a size`(text: String) throws {
    let result = try Program.run("espalier-run", ["p.h5", "--prompt", "x", "--max-memory=\(text)"])
    #expect(result.status == 64 && result.errors.contains("is invalid for '--max-memory'"))
  }

  @Test func `inspect shows the bound of a request for each point`() throws {
    let plan = try plan(.int8, PruningSettings(tokenPruning: .init(rule: .stride, keepRatio: 0.5, layer: 1)))
    let result = try Program.run(
      "espalier",
      ["inspect", plan, "--json", "--pictures", "2", "--picture-size", "640x480", "--max-tokens", "8"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let memory = try #require(json["memory"] as? [String: Any])
    let points = try #require(memory["points"] as? [[String: Any]])
    #expect(points.compactMap { $0["point"] as? String } == ["dense", "point"])
    #expect(points.allSatisfy { ($0["total_bytes"] as? Int ?? 0) > ($0["cache_bytes"] as? Int ?? .max) })
    let table = try Program.run("espalier", ["inspect", plan])
    #expect(table.output.contains("memory of a request (1 picture of 1920x1080"))
  }
}

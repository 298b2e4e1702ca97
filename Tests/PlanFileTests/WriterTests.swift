import Glibc
import Output
import Plan
import PlanFile
import PlanWriting
import Testing
import TestSupport
import TinyPlans

@Suite(.endsWithin(minutes: 1)) struct Writing {
  @Test func aFailureLeavesTheOldPlanAndNothingElse() throws {
    let scratch = Scratch()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    let before = readBytes(scratch.file())
    let error = #expect(throws: PlanError.self) {
      try PlanWriter.write(
        TinyPlan.contents(), weights: CountingWeights(failingAt: "text/final_norm"), to: scratch.file())
    }
    #expect(error?.description == "\(scratch.file()): tensor: is gone (source)")
    #expect(readBytes(scratch.file()) == before)
    #expect(scratch.names == ["plan.h5"])
  }

  @Test func aDirectoryThatIsNotThereIsNamed() {
    let error = #expect(throws: PlanError.self) {
      try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: "/nowhere/plan.h5")
    }
    #expect(
      error?.description
        == "/nowhere/plan.h5: cannot be written: No such file or directory (folder /nowhere)")
  }

  @Test func leftoversOfDeadProcessesGo() throws {
    let scratch = Scratch()
    // Nobody holds a lock on what a process left that died.
    writeBytes([1], to: try AtomicFile.scratchPath(for: scratch.file()))
    let living = try AtomicFile(for: scratch.file())
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    #expect(scratch.names.count == 2 && scratch.names.last == "plan.h5")
    #expect(access(living.path, F_OK) == 0)
  }

  @Test(.enabled(if: geteuid() == 0), arguments: [4, 8, 16, 24, 32, 40])
  func aFullDiskIsOneLineAndLeavesNoFile(kibibytes: Int) throws {
    let scratch = Scratch()
    let disk = scratch.file("disk")
    mkdir(disk, 0o700)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=\(kibibytes)k") == 0 else { return }
    defer {
      umount2(disk, Int32(MNT_DETACH))
      rmdir(disk)
    }
    let error = #expect(throws: PlanError.self) {
      try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: disk + "/plan.h5")
    }
    #expect(error?.reason.contains("No space left on device") ?? false, "\(error?.reason ?? "")")
    #expect(access(disk + "/plan.h5", F_OK) != 0)
    // The library must still be usable.
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: scratch.file())
    _ = try Plan(contentsOf: scratch.file())
  }

  @Test(
    arguments: [
      { $0.points[1].settings.tokenPruning?.keepRatio = .nan },
      { $0.points[1].settings.cacheRetention?.rates = [0.5] },
      { $0.points[1].name = "../fast" }, { $0.points[0].name = "fast" },
      { $0.calibration?.cacheRetention?.answers = nil },
      { $0.calibration?.layerReduction?.leading = nil },
      { $0.calibration?.layerReduction?.leading?.order[0] = 1 },
      { $0.calibration?.layerReduction?.leading?.order[1] = -1 },
      { $0.calibration?.layerReduction?.leading?.order = [0] },
      { $0.calibration?.layerReduction?.feedForward = [0, 0] },
      { $0.calibration?.cacheRetention?.layerClass = [3, 0] },
      { $0.prompt.openings.removeFirst() }, { $0.prompt.openings[0].segments.append(.special(8)) },
      { $0.prompt.closings.removeFirst() }, { $0.prompt.closings[1].segments.removeFirst() },
      { $0.prompt.openings[0].hasSystem = nil }, { $0.prompt.openings[2].segments = [.reply] },
      { $0.prompt.joints.imageImage = [.system] }, { $0.prompt.closings[0].segments.append(.system) },
      { $0.prompt.joints.textText = Array(repeating: .literal(""), count: 1025) },
      { $0.prompt.openings[0].segments = [.literal(String(repeating: "a", count: (1 << 17) + 1))] },
      { $0.tokenizer.merges[0].result = 99 }, { $0.tokenizer.addedTokens[0].content = "<other>" },
      {
        $0.model.text.queryHeads = 3; $0.model.text.keyValueHeads = 2
      }, { $0.model.text.stopTokens = [10] },
      { $0.image.tiling = .single(TileShape()) }, { $0.sourceDigest = "beef" },
    ] as [@Sendable (inout PlanContents) -> Void])
  func nonsenseIsNotWritten(change: @Sendable (inout PlanContents) -> Void) {
    let scratch = Scratch()
    var contents = TinyPlan.contents()
    change(&contents)
    #expect(throws: PlanError.self) {
      try PlanWriter.write(contents, weights: CountingWeights(), to: scratch.file())
    }
    #expect(scratch.names == [])
  }
}

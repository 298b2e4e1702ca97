import Dispatch
import Foundation
public import Testing

/// Ends the run when a test, or a case of one, takes longer than it may.
///
/// The limit that the testing library has counts from when a test begins to wait for a thread, and leaves alone what
/// never returns, such as waiting for a program.
public struct TimeLimit: SuiteTrait, TestTrait, TestScoping {
  /// Whether it is each test's of a suite.
  public let isRecursive = true
  fileprivate let minutes: Int

  /// How much longer everything takes, as under a sanitizer: `ESPALIER_TEST_SLOWDOWN` says so.
  private static let slowdown =
    ProcessInfo.processInfo.environment["ESPALIER_TEST_SLOWDOWN"].flatMap { Int($0) } ?? 1

  /// Watches a test while it runs.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let (name, minutes) = (test.name, minutes * Self.slowdown)
    let alarm = DispatchWorkItem { fatalError("the test \(name) takes longer than \(minutes) minutes") }
    // A queue of its own, as the others may have no thread left.
    DispatchQueue(label: "time limit").asyncAfter(deadline: .now() + .seconds(60 * minutes), execute: alarm)
    defer { alarm.cancel() }
    try await function()
  }
}

extension Trait where Self == TimeLimit {
  /// Minutes that each test may take: ten times what it takes on two quiet cores, and one at least.
  public static func endsWithin(minutes: Int) -> Self { TimeLimit(minutes: minutes) }
}

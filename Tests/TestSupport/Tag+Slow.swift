import Foundation
public import Testing

extension Tag {
  /// What takes more than some ten seconds on two cores.
  @Tag public static var slow: Self
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite in a fast run: `make test-fast` says so by `ESPALIER_TESTS=fast`.
  public static var skippedWhenFast: Self {
    .disabled(if: ProcessInfo.processInfo.environment["ESPALIER_TESTS"] == "fast", "it takes long")
  }
}

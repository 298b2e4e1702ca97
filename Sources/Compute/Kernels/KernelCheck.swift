import CKernels

/// Whether this processor's kernels do what the portable ones do.
///
/// One thread at a time may check: what the check works with is shared.
public enum KernelCheck {
  /// Checks every kernel of a table on drawn shapes.
  ///
  /// - Parameters:
  ///   - name: a table that this processor runs (`KernelChoice.tables`).
  ///   - seed: of what is drawn.
  /// - Returns: the comparisons that agreed; or the first that did not, in one line.
  public static func run(_ name: String, seed: UInt64) -> Result<Int, Disagreement> {
    guard let table = espalier_kernels_named(name) else {
      return .failure(Disagreement(description: "this processor has no kernels '\(name)'"))
    }
    var comparisons = 0
    let text = [CChar](unsafeUninitializedCapacity: 512) { buffer, count in
      buffer.initialize(repeating: 0)
      comparisons = espalier_kernels_check(table, 0, seed, buffer.baseAddress, buffer.count)
      count = buffer.count
    }
    if comparisons > 0 { return .success(comparisons) }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return .failure(Disagreement(description: String(decoding: bytes, as: UTF8.self)))
  }

  /// A kernel that gives something else.
  public struct Disagreement: Error, CustomStringConvertible {
    /// The table, the shape, the kernel and the numbers.
    public let description: String
  }
}

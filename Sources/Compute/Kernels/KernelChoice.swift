import CKernels
import Glibc

/// Which kernels a process asked for.
public enum KernelChoice {
  /// Name of the kernels in use.
  public static var inUse: String { String(cString: kernels.name) }

  /// Why the kernels that `ESPALIER_KERNELS` names cannot be had, in one line; `nil` where nothing is wrong.
  ///
  /// Programs ask before their first product: figures of other kernels than those asked for would be wrong silently.
  public static var problem: String? {
    guard let value = getenv("ESPALIER_KERNELS") else { return nil }
    let name = String(cString: value)
    guard !name.isEmpty, espalier_kernels_named(value) == nil else { return nil }
    let known = sequence(first: 0) { $0 + 1 }.lazy.map { espalier_kernels_runnable($0) }.prefix { $0 != nil }
      .compactMap { $0.map { String(cString: $0) } }
    return "ESPALIER_KERNELS: this processor has no kernels '\(name)': known here are "
      + known.joined(separator: ", ")
  }
}

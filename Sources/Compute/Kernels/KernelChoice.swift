import CKernels
import Glibc

/// Which kernels a process asked for, and which it got.
public enum KernelChoice {
  /// Name of the kernels in use.
  public static var inUse: String { String(cString: kernels.name) }

  /// A table of kernels that is made for this kind of processor.
  public struct Table: Equatable, Sendable {
    /// Its name, as `ESPALIER_KERNELS` takes it.
    public let name: String
    /// The instructions that it is made of.
    public let needs: String
    /// Whether this processor has them.
    public let runs: Bool
  }

  /// The tables for this kind of processor, in the order in which they are chosen.
  public static var tables: [Table] {
    var known = espalier_known_kernels()
    var tables: [Table] = []
    while espalier_kernels_known(tables.count, &known) != 0 {
      tables.append(
        Table(name: String(cString: known.name), needs: String(cString: known.needs), runs: known.runs != 0))
    }
    return tables
  }

  /// Why the kernels in use were chosen, in a few words.
  public static var reason: String {
    if let value = getenv("ESPALIER_KERNELS"), value[0] != 0, problem == nil {
      return "asked for by ESPALIER_KERNELS"
    }
    let lacking = tables.prefix { $0.name != inUse }.map(\.name)
    return lacking.isEmpty
      ? "the widest for this kind of processor"
      : "the widest that this processor has; it lacks what \(lacking.joined(separator: " and ")) need"
  }

  /// Why the kernels that `ESPALIER_KERNELS` names cannot be had, in one line; `nil` where nothing is wrong.
  ///
  /// Programs ask before their first product: figures of other kernels than those asked for would be wrong silently.
  public static var problem: String? {
    guard let value = getenv("ESPALIER_KERNELS") else { return nil }
    let name = String(cString: value)
    guard !name.isEmpty, espalier_kernels_named(value) == nil else { return nil }
    let known = tables.filter(\.runs).map(\.name).joined(separator: ", ")
    return "ESPALIER_KERNELS: this processor has no kernels '\(name)': known here are \(known)"
  }
}

import CKernels
import Foundation

/// What ratios hold for: a processor, and the kernels in use.
struct Machine: Equatable {
  /// The processor's name, as the system has it.
  let processor: String
  /// The table of kernels.
  let table: String

  /// This machine, and the kernels that were asked for.
  static func current() throws -> Machine {
    guard let name = espalier_kernels_in_use().pointee.name else {
      throw ExecutionError("the kernels have no name")
    }
    return Machine(processor: processorName, table: String(cString: name))
  }

  /// What /proc/cpuinfo says, with the numbers that tell generations of one name apart; arm64 has numbers alone.
  private static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let fields = text.split(separator: "\n").map { line in
      line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    func value(_ key: String) -> String? { fields.first { $0.count == 2 && $0[0] == key }?[1] }
    if let name = value("model name") {
      return "\(name), family \(value("cpu family") ?? "-"), model \(value("model") ?? "-")"
    }
    guard let maker = value("CPU implementer"), let part = value("CPU part") else { return "unknown" }
    return "implementer \(maker), part \(part)"
  }
}

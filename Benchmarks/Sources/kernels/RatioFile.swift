import Foundation

/// Files of ratios: one JSON object a line, all of one machine.
enum RatioFile {
  static func write(_ ratios: [Ratio], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try ratios.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    do {
      try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw ExecutionError("\(path): cannot be written")
    }
  }

  /// The ratios of a file, which must be those of `machine`.
  static func read(_ path: String, of machine: Machine) throws -> [Ratio] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ExecutionError("\(path): cannot be read")
    }
    return try text.split(separator: "\n").enumerated().map { index, line in
      guard let ratio = try? JSONDecoder().decode(Ratio.self, from: Data(line.utf8)), ratio.ratio > 0 else {
        throw ExecutionError("\(path), line \(index + 1): is no ratio")
      }
      let other = Machine(processor: ratio.processor, table: ratio.table)
      guard other == machine else {
        throw ExecutionError(
          "\(path): has ratios of \(other.table) on \(other.processor), not of \(machine.table) on "
            + machine.processor)
      }
      return ratio
    }
  }
}

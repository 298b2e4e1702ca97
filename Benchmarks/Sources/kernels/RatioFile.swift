import Foundation

/// Files of ratios: one JSON object a line, all of one machine.
enum RatioFile {
  /// Writes a file, and the folder that it is in.
  static func write(_ ratios: [Ratio], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try ratios.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    let file = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(lines.joined().utf8).write(to: file)
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

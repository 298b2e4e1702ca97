import Compute

/// A kernel that is timed, with the shape it is timed on.
struct Subject {
  let kernel: String
  /// In words of the kernel: rows x depth x outputs, rows x heads x width of a head, rows x width.
  let shape: String
  /// Makes what it reads and writes. A big matrix lives only while it is timed.
  let make: (Workers) throws -> Run

  /// All of them: shapes of the towers and decoders that Espalier is used with.
  static var all: [Subject] { products + attentions + rowFunctions }
}

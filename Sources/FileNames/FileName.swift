/// Names of files as texts.
///
/// To the system a name is bytes, to everything else it is a text. Bytes that are no UTF-8 stand in the text as characters
/// of private use, one for each, so that the name is found again: cameras and old archives have such names.
public enum FileName {
  /// The first of 256 characters that stand for bytes: of the last plane of private use.
  private static let first: UInt32 = 0x10FE00

  /// The name that some bytes are.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) {
      return text
    }
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let byte = rest.first {
      if let scalar = firstScalar(rest), !isByte(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        // A name that has such a character of its own comes back, too, byte by byte.
        if let scalar = Unicode.Scalar(first + UInt32(byte)) { text.append(scalar) }
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The byte that a character stands for, if it stands for one.
  public static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    isByte(scalar) ? UInt8(truncatingIfNeeded: scalar.value - first) : nil
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool {
    (first..<first + 256).contains(scalar.value)
  }

  /// The character that bytes begin with, if they begin with a whole one.
  private static func firstScalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
    return nil
  }
}

extension String {
  /// The bytes that a name of a file is to the system, without a zero at the end.
  public var fileNameBytes: [UInt8] {
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      if let byte = FileName.byte(scalar) { bytes.append(byte) } else { bytes += scalar.utf8 }
    }
    return bytes
  }

  /// Calls `body` with the name of a file as the system takes it.
  public func withFileName<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let name = (fileNameBytes + [0]).map { CChar(bitPattern: $0) }
    // An array of characters that ends with a zero, alive until the call returns.
    return try body(name)
  }
}

extension CommandLine {
  /// The words of the command line but for the program, names of files among them found again whatever their bytes are.
  public static var words: [String] {
    (1..<max(1, Int(argc))).compactMap { index in
      unsafeArgv[index].map { word in
        // The system's arguments end with a zero, and nobody changes them.
        FileName.text(UnsafeBufferPointer(start: word, count: length(word)).map { UInt8(bitPattern: $0) })
      }
    }
  }

  private static func length(_ word: UnsafePointer<CChar>) -> Int {
    var count = 0
    while word[count] != 0 { count += 1 }
    return count
  }
}

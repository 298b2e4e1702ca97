import Foundation

/// What other software made: `Tests/Golden/signatures`, with the scripts that made it.
public enum SignatureGolden {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/signatures")

  /// Reads a list that a script wrote.
  public static func read<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: name)))
  }

  /// The path of a file that minisign wrote.
  public static func minisign(_ name: String) -> String { folder.appending(path: "minisign/\(name)").path }

  /// The bytes of a file that minisign wrote.
  public static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: minisign(name))))
  }

  /// The bytes that hexadecimal digits stand for.
  public static func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
  }

  /// The bytes 0, 1, ... 250, 0, ...
  public static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }
}

import FoundationEssentials
import Glibc
import Output
import Espalier

/// Where the pictures of requests may come from, and how many and how large they may be.
public struct PictureSource: Sendable {
  /// The folder below which `file://` addresses may name files; `nil` for none.
  public var mediaFolder: String?
  /// Most bytes of an encoded picture.
  public var maxBytes = 20 << 20
  /// Most pictures of a request.
  public var maxCount = 16

  /// Pictures in requests alone.
  public init() {}

  /// The picture behind an address: a data URL, or a file below the media folder.
  func image(at address: String, number: Int, field: String) throws(RequestError) -> Image {
    let name = try name(number, field)
    if address.utf8.starts(with: "data:".utf8) { return .bytes(try data(address, field), name: name) }
    if address.utf8.starts(with: "file://".utf8) { return .bytes(try file(address, field), name: name) }
    if address.utf8.starts(with: "http://".utf8) || address.utf8.starts(with: "https://".utf8) {
      throw .unsupported(
        field,
        "is an address in the network, which this server does not fetch: send the picture as a data URL")
    }
    throw .invalid(field, "is neither a data URL nor a file below the media folder")
  }

  /// A picture in base64, as Ollama's clients send it.
  func image(base64 text: String, number: Int, field: String) throws(RequestError) -> Image {
    let name = try name(number, field)
    let isAddress = text.utf8.starts(with: "data:".utf8)
    return .bytes(try isAddress ? data(text, field) : decoded(text[...], field), name: name)
  }

  /// What errors call a picture. Throws where a request has too many.
  private func name(_ number: Int, _ field: String) throws(RequestError) -> String {
    guard number < maxCount else {
      throw .invalid(field, "is picture \(number + 1); a request may have \(maxCount)")
    }
    return "picture \(number + 1)"
  }

  private func data(_ address: String, _ field: String) throws(RequestError) -> [UInt8] {
    guard let comma = address.utf8.firstIndex(of: UInt8(ascii: ",")) else {
      throw .invalid(field, "is a data URL without a comma")
    }
    let head = address[..<comma]
    guard head.utf8.count < 256, head.hasSuffix(";base64") else {
      throw .invalid(field, "is a data URL that is not in base64")
    }
    return try decoded(address[address.utf8.index(after: comma)...], field)
  }

  private func decoded(_ text: Substring, _ field: String) throws(RequestError) -> [UInt8] {
    guard text.utf8.count / 4 * 3 <= maxBytes + 3 else { throw tooLarge(field) }
    guard !text.isEmpty, let data = Data(base64Encoded: String(text)) else {
      throw .invalid(field, "is no base64")
    }
    guard data.count <= maxBytes else { throw tooLarge(field) }
    return [UInt8](data)
  }

  private func tooLarge(_ field: String) -> RequestError {
    RequestError(
      413, "'\(field)' is a picture of more than \(maxBytes) bytes", field: field, code: "picture_too_large")
  }

  /// A file whose real path is below the folder's real path: links lead nowhere else.
  private func file(_ address: String, _ field: String) throws(RequestError) -> [UInt8] {
    guard let mediaFolder else {
      throw .unsupported(field, "names a file, and this server reads none")
    }
    let missing = RequestError.invalid(field, "names no picture below the media folder")
    guard let path = address.dropFirst("file://".count).percentDecoded, !path.utf8.contains(0),
      let folder = realpath(mediaFolder, nil)
    else { throw missing }
    defer { free(folder) }
    // Clients give the whole path, or one from the folder on.
    let asked = path.hasPrefix("/") && path.hasPrefix(mediaFolder) ? path : "\(mediaFolder)/\(path)"
    guard let file = realpath(asked, nil) else { throw missing }
    defer { free(file) }
    let (root, real) = (String(cString: folder), String(cString: file))
    guard real.hasPrefix(root.hasSuffix("/") ? root : root + "/") else { throw missing }
    // Opened by its real path and without following a link that was put there meanwhile.
    let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw missing }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw missing }
    guard status.st_size <= maxBytes else { throw tooLarge(field) }
    guard let bytes = Descriptor.read(descriptor, atMost: maxBytes + 1) else { throw missing }
    guard bytes.count <= maxBytes else { throw tooLarge(field) }
    return bytes
  }
}

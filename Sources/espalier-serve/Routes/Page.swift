import HTTPTypes
import Hummingbird
import NIOCore

/// The page at the server's address.
enum Page {
  /// The page may run its own script and speak to this server, and nothing else.
  static var response: Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
        .contentSecurityPolicy:
          "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data: blob:; "
          + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        .referrerPolicy: "no-referrer",
      ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.index_html)))
  }
}

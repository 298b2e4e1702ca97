import Hummingbird
import NIOCore
import Serving

extension Response {
  /// A document of JSON.
  init(_ status: HTTPResponse.Status = .ok, json: String) {
    self.init(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
  }

  /// An error with its body in the form of an interface.
  init(_ error: RequestError, body: String) {
    self.init(HTTPResponse.Status(code: error.status), json: body)
    if let seconds = error.retryAfter { headers[.retryAfter] = "\(seconds)" }
    if error.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
  }
}

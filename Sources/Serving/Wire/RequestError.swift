public import Figures

/// A request that is not answered: its status, and why in the words of the interface that it came by.
public struct RequestError: Error, Equatable, Sendable {
  /// Status of HTTP.
  public let status: Int
  /// One line for a person.
  public let message: String
  /// The field at fault, as a path into the request.
  public let field: String?
  /// What programs tell errors apart by.
  public let code: String?
  /// Seconds after which it may be tried again.
  public var retryAfter: Int?

  /// Creates an error.
  public init(_ status: Int, _ message: String, field: String? = nil, code: String? = nil) {
    self.status = status
    self.message = message
    self.field = field
    self.code = code
  }

  /// A field that is not what it should be.
  static func invalid(_ field: String, _ reason: String) -> RequestError {
    RequestError(400, "'\(field)' \(reason)", field: field, code: "invalid_value")
  }

  /// A field that has to be there.
  static func missing(_ field: String) -> RequestError {
    RequestError(400, "'\(field)' is missing", field: field, code: "missing_required_parameter")
  }

  /// A field, or a value of it, that nothing here can do anything with.
  static func unsupported(_ field: String, _ reason: String = "is not supported") -> RequestError {
    RequestError(400, "'\(field)' \(reason)", field: field, code: "unsupported_parameter")
  }

  /// Kind of error in OpenAI's terms.
  private var type: String {
    switch status {
    case 401, 403: "authentication_error"
    case 429: "rate_limit_error"
    case 500...: "server_error"
    default: "invalid_request_error"
    }
  }

  /// The body in OpenAI's form.
  public var json: JSON {
    .object([
      "error": .object([
        "message": .string(message), "type": .string(type), "param": field.map { .string($0) } ?? .null,
        "code": code.map { .string($0) } ?? .null,
      ])
    ])
  }

  /// The body in Ollama's form.
  public var ollamaJSON: JSON { .object(["error": .string(message)]) }
}

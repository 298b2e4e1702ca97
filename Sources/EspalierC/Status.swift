import CEspalier
import Espalier
import Glibc

/// Why a call cannot be made at all.
struct Misuse: Error, CustomStringConvertible {
  let description: String

  /// A pointer that may not be NULL is.
  static func missing(_ what: String) -> Misuse { Misuse(description: "\(what) is NULL") }
}

/// What a callback throws that wants no more text.
struct EnoughText: Error {}

/// What became of a call, in the words of the header.
enum Status {
  /// Runs a call, and tells its caller of its error.
  static func of(
    _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ body: () throws -> Void
  ) -> espalier_status {
    do {
      try body()
      return espalier_status(ESPALIER_OK)
    } catch {
      message?.pointee = strdup("\(error)")
      return espalier_status(code(error))
    }
  }

  private static func code(_ error: any Error) -> Int {
    switch error {
    case is Misuse: ESPALIER_MISUSE
    case is EnoughText: ESPALIER_CANCELLED
    case let error as EspalierError:
      switch error.kind {
      case .plan: ESPALIER_PLAN
      case .image: ESPALIER_IMAGE
      case .prompt: ESPALIER_PROMPT
      case .settings: ESPALIER_SETTINGS
      // A service alone is late or busy.
      case .cancelled, .late, .busy: ESPALIER_CANCELLED
      }
    default: ESPALIER_PLAN
    }
  }
}

/// A caller's text, which has to be UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, _ what: String) throws(Misuse) -> String {
  guard let pointer else { throw .missing(what) }
  guard let text = String(validatingCString: pointer) else {
    throw Misuse(description: "\(what) is no UTF-8")
  }
  return text
}

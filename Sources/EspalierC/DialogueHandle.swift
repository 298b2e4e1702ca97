public import CEspalier
import Espalier

/// A context as callers in C hold it.
final class ContextHandle: Handle {
  let context: Context
  init(_ context: Context) { self.context = context }
}

/// A dialogue as callers in C hold it.
final class DialogueHandle: Handle {
  let dialogue: Dialogue
  init(_ dialogue: Dialogue) { self.dialogue = dialogue }
}

/// What asks for the end, as callers in C hold it.
final class CancellationHandle: Handle {
  let cancellation = Cancellation()
}

/// A context on a model. See `espalier.h`.
@c @implementation public func espalier_context_new(_ model: OpaquePointer!, _ threads: UInt32)
  -> OpaquePointer!
{
  guard let handle = ModelHandle.at(model) else { return nil }
  let pool = ThreadPool(threads: threads == 0 ? nil : Int(threads))
  return ContextHandle(Context(handle.model, pool: pool)).retained()
}

/// Gives back a context. See `espalier.h`.
@c @implementation public func espalier_context_free(_ context: OpaquePointer!) {
  ContextHandle.free(context)
}

/// A dialogue about some pictures. See `espalier.h`.
@c @implementation public func espalier_dialogue_new(
  _ context: OpaquePointer!, _ images: UnsafePointer<espalier_image>!, _ count: Int,
  _ point: UnsafePointer<CChar>!, _ system: UnsafePointer<CChar>!, _ max_bytes: UInt64,
  _ dialogue: UnsafeMutablePointer<OpaquePointer?>!,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!
) -> espalier_status {
  Status.of(message) {
    guard let handle = ContextHandle.at(context) else { throw Misuse.missing("context") }
    guard let dialogue else { throw Misuse.missing("dialogue") }
    guard count == 0 || images != nil else { throw Misuse.missing("images") }
    let pictures = try (0..<count).map { try Image(images[$0], number: $0 + 1) }
    let made = try Dialogue(
      handle.context, about: pictures, at: try point.map { try text($0, "point") } ?? "dense",
      system: try system.map { try text($0, "system") },
      maxBytes: max_bytes == 0 ? nil : Int(clamping: max_bytes))
    dialogue.pointee = DialogueHandle(made).retained()
  }
}

/// Gives back a dialogue. See `espalier.h`.
@c @implementation public func espalier_dialogue_free(_ dialogue: OpaquePointer!) {
  DialogueHandle.free(dialogue)
}

/// What asks answers to end. See `espalier.h`.
@c @implementation public func espalier_cancellation_new() -> OpaquePointer! {
  CancellationHandle().retained()
}

/// Asks answers to end. See `espalier.h`.
@c @implementation public func espalier_cancel(_ cancellation: OpaquePointer!) {
  CancellationHandle.at(cancellation)?.cancellation.cancel()
}

/// Gives back what asks for the end. See `espalier.h`.
@c @implementation public func espalier_cancellation_free(_ cancellation: OpaquePointer!) {
  CancellationHandle.free(cancellation)
}

extension Image {
  /// A caller's picture; errors call bytes by their number.
  fileprivate init(_ image: espalier_image, number: Int) throws(Misuse) {
    if let path = image.path {
      self = .file(try text(path, "path of picture \(number)"))
      return
    }
    guard let bytes = image.bytes else { throw .missing("picture \(number)") }
    self = .bytes(
      [UInt8](UnsafeRawBufferPointer(start: bytes, count: image.size)), name: "picture \(number)")
  }
}

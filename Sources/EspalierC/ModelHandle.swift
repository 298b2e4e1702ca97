public import CEspalier
import Espalier
import Glibc
import Output

/// A model as callers in C hold it, with its texts.
final class ModelHandle: Handle {
  let model: Model
  let points: [ForeignText]

  init(_ model: Model) {
    self.model = model
    points = model.points.map(ForeignText.init)
  }
}

private let version = ForeignText(ProgramVersion.current)

/// The version of the library. See `espalier.h`.
@c @implementation public func espalier_version() -> UnsafePointer<CChar>! { version.pointer }

/// Gives back a message. See `espalier.h`.
@c @implementation public func espalier_text_free(_ text: UnsafeMutablePointer<CChar>!) { free(text) }

/// Opens a plan. See `espalier.h`.
@c @implementation public func espalier_model_open(
  _ path: UnsafePointer<CChar>!, _ verify_weights: Int32, _ model: UnsafeMutablePointer<OpaquePointer?>!,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!
) -> espalier_status {
  Status.of(message) {
    guard let model else { throw Misuse.missing("model") }
    let opened = try Model(contentsOf: try text(path, "path"), verifyingWeights: verify_weights != 0)
    model.pointee = ModelHandle(opened).retained()
  }
}

/// Opens a plan that a trusted key has signed. See `espalier.h`.
@c @implementation public func espalier_model_open_signed(
  _ path: UnsafePointer<CChar>!, _ trusted_keys: UnsafePointer<CChar>!,
  _ model: UnsafeMutablePointer<OpaquePointer?>!,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!
) -> espalier_status {
  Status.of(message) {
    guard let model else { throw Misuse.missing("model") }
    let opened = try Model(
      contentsOf: try text(path, "path"), trustedKeys: try text(trusted_keys, "trusted_keys"))
    model.pointee = ModelHandle(opened).retained()
  }
}

/// Gives back a model. See `espalier.h`.
@c @implementation public func espalier_model_free(_ model: OpaquePointer!) { ModelHandle.free(model) }

/// Number of operating points. See `espalier.h`.
@c @implementation public func espalier_model_point_count(_ model: OpaquePointer!) -> Int {
  ModelHandle.at(model)?.points.count ?? 0
}

/// Name of an operating point; `nil` behind the last. See `espalier.h`.
@c @implementation public func espalier_model_point(_ model: OpaquePointer!, _ index: Int) -> UnsafePointer<
  CChar
>! {
  guard let points = ModelHandle.at(model)?.points, points.indices.contains(index) else { return nil }
  return points[index].pointer
}

/// The point with the least harm within a time to the first token. See `espalier.h`.
@c @implementation public func espalier_model_point_within(
  _ model: OpaquePointer!, _ seconds: Double, _ point: UnsafeMutablePointer<UnsafePointer<CChar>?>!,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!
) -> espalier_status {
  Status.of(message) {
    guard let handle = ModelHandle.at(model) else { throw Misuse.missing("model") }
    guard let point else { throw Misuse.missing("point") }
    let name = try handle.model.point(firstTokenWithin: seconds)
    point.pointee = handle.model.points.firstIndex(of: name).flatMap { handle.points[$0].pointer }
  }
}

/// Most tokens of a prompt with its answer. See `espalier.h`.
@c @implementation public func espalier_model_context_length(_ model: OpaquePointer!) -> Int {
  ModelHandle.at(model)?.model.contextLength ?? 0
}

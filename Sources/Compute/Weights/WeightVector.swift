/// A read-only float32 vector of the plan: a norm weight, a bias.
///
/// Invariant: `base` addresses `count` floats and stays valid while `owner` lives.
public struct WeightVector: @unchecked Sendable {
  let base: UnsafePointer<Float>
  /// Number of floats.
  public let count: Int
  let owner: any WeightOwner

  /// A vector over memory that `owner` keeps alive; `memory` must hold aligned floats.
  public init(_ memory: UnsafeRawBufferPointer, owner: any WeightOwner) {
    let floats = memory.bindMemory(to: Float.self)
    self.count = floats.count
    self.base = floats.baseAddress ?? UnsafePointer(bitPattern: 4).unsafelyUnwrapped
    self.owner = owner
  }

  /// A vector with memory of its own.
  public init(_ elements: [Float]) {
    let buffer = FloatBuffer(count: elements.count)
    buffer.base.update(from: elements, count: elements.count)
    self.base = UnsafePointer(buffer.base)
    self.count = elements.count
    self.owner = buffer
  }

  /// A copy of the floats.
  public var elements: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

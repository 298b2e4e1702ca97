public import Plan

/// The KV cache of a sequence, one entry a layer; layers without keys and values have their state there.
///
/// It belongs to whoever decodes the sequence; `copy` makes another one for a branch of it.
public final class KeyValueCache {
  /// Memories by layer.
  public private(set) var layers: [any LayerMemory]

  /// A cache of layers that were filled elsewhere; it takes them over.
  public init(layers: [any LayerMemory] = []) { self.layers = layers }

  /// An empty cache of a decoder.
  public convenience init(_ model: TextModel, precision: CachePrecision) {
    self.init(
      layers: (0..<model.layers).map { layer -> any LayerMemory in
        if model.convolutionLayers.contains(layer) {
          return RecurrentState(width: model.width, depth: model.convolutionTaps - 1)
        }
        if model.deltaLayers.contains(layer) {
          return RecurrentState(
            width: model.delta.channels, depth: model.delta.taps - 1,
            memory: (model.delta.valueColumns, model.delta.keyWidth))
        }
        let shape = model.attentionShape(of: layer)
        guard shape.ownsEntries else { return SharedEntries() }
        return LayerCache(
          heads: shape.keyValueHeads, headWidth: shape.headWidth, precision: precision,
          keepsPositions: model.windowLayers.contains(layer))
      })
  }

  /// Takes over the memory of the next layer.
  public func append(_ layer: any LayerMemory) { layers.append(layer) }

  /// Puts another memory in the place of a layer's.
  public func replace(layer: Int, by other: any LayerMemory) { layers[layer] = other }

  /// Bytes of what is in use in all layers.
  public var bytes: Int { layers.reduce(0) { $0 + $1.bytes } }
  /// Bytes of memory, rows that there is room for included.
  public var allocatedBytes: Int { layers.reduce(0) { $0 + $1.allocatedBytes } }
  /// Visual entries in use, summed over layers.
  public var visualEntries: Int { layers.reduce(0) { $0 + $1.visualCount } }

  /// Keeps what is needed to come back to here.
  public func save() { for layer in layers { layer.save() } }

  /// Forgets the last rows of every layer, which must all be text.
  public func forget(last count: Int) { for layer in layers { layer.truncate(to: layer.count - count) } }

  /// A copy with memory of its own and room for `reserve` more rows in each layer.
  public func copy(reserve: Int) -> KeyValueCache {
    KeyValueCache(layers: layers.map { $0.copy(reserve: reserve) })
  }
}

/// The KV cache of a sequence, one entry a layer.
///
/// It belongs to whoever decodes the sequence; `copy` makes another one for a branch of it.
public final class KeyValueCache {
  /// Caches by layer.
  public private(set) var layers: [LayerCache]

  /// A cache of layers that were filled elsewhere; it takes them over.
  public init(layers: [LayerCache] = []) { self.layers = layers }

  /// An empty cache for `layers` layers.
  public convenience init(layers: Int, heads: Int, headWidth: Int, precision: CachePrecision) {
    self.init(
      layers: (0..<layers).map { _ in LayerCache(heads: heads, headWidth: headWidth, precision: precision) })
  }

  /// Takes over the cache of the next layer.
  public func append(_ layer: LayerCache) { layers.append(layer) }

  /// Puts another cache in the place of a layer's.
  public func replace(layer: Int, by other: LayerCache) { layers[layer] = other }

  /// Bytes of the rows in use in all layers.
  public var bytes: Int { layers.reduce(0) { $0 + $1.bytes } }
  /// Bytes of memory, rows that there is room for included.
  public var allocatedBytes: Int { layers.reduce(0) { $0 + $1.allocatedBytes } }
  /// Visual rows in use, summed over layers.
  public var visualEntries: Int { layers.reduce(0) { $0 + $1.visualCount } }

  /// A copy with memory of its own and room for `reserve` more rows in each layer.
  public func copy(reserve: Int) -> KeyValueCache {
    KeyValueCache(layers: layers.map { $0.copy(reserve: reserve) })
  }
}

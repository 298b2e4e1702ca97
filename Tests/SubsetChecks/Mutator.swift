/// Changes headers at random, by the numbers of a seed: the same seed makes the same change.
public struct Mutator: Sendable {
  private var state: UInt64

  /// Starts a sequence of its own for each number.
  public init(seed: UInt64, number: Int) {
    state = seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number) &* 0xd1b5_4a32_d192_ed03
  }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  private mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
  private mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// Makes one to three changes and then all checksums right.
  public mutating func mutate(_ surgery: inout SubsetSurgery) {
    for _ in 0...(below(3) * below(2)) { change(&surgery) }
    surgery.repair()
  }

  private mutating func change(_ surgery: inout SubsetSurgery) {
    let header = pick(surgery.headers)
    let message = pick(header.messages)
    switch below(16) {
    case 0: surgery.set(pick(Array(0..<48)), edgeByte())
    case 1, 2: anyField(header, &surgery)
    case 3, 4: bodyField(message, &surgery)
    case 5: surgery.set(message.start + below(4), edgeByte())
    case 6: resize(message, &surgery)
    case 7: swap(message, &surgery)
    case 8: copy(message, &surgery)
    case 9: split(message, &surgery)
    case 10: empty(message, &surgery)
    case 11: address(&surgery)
    case 12: dataset(&surgery)
    case 13: rename(&surgery)
    case 14: attributeValue(&surgery)
    default: prefix(header, &surgery)
    }
  }

  private mutating func edgeByte() -> UInt8 {
    switch below(3) {
    case 0: UInt8(truncatingIfNeeded: next())
    case 1: pick([0, 1, 2, 3, 4, 5, 8, 16, 22, 0x7f, 0x80, 0xfe, 0xff])
    default: 1 << UInt8(below(8))
    }
  }

  private mutating func edgeNumber(_ surgery: SubsetSurgery, near old: UInt64) -> UInt64 {
    let size = UInt64(surgery.bytes.count)
    let header = pick(surgery.headers)
    switch below(6) {
    case 0: return old &+ pick([1, 2, 4, 8, .max, .max - 3, .max - 7])
    case 1: return pick([0, 1, 2, 7, 8, 47, 48, 255, 256, 65534, 65535, 65536, 1 << 31, 1 << 32, 1 << 61])
    case 2: return pick([.max, .max - 1, 1 << 63, (1 << 63) - 1, size, size - 1, size + 1, size / 2])
    case 3: return UInt64(header.address) &+ pick([0, 0, 0, 1, 4, 8])
    case 4: return UInt64(pick(header.messages).start)
    default: return next() % size
    }
  }

  private mutating func setEdge(_ offset: Int, _ count: Int, _ surgery: inout SubsetSurgery) {
    let old = surgery.number(offset, bytes: count)
    surgery.set(offset, number: edgeNumber(surgery, near: old), bytes: count)
  }

  /// A field of any size anywhere in a chunk.
  private mutating func anyField(_ header: HeaderPlaces, _ surgery: inout SubsetSurgery) {
    let chunk = pick(header.chunks)
    let count = pick([1, 1, 2, 4, 8])
    let offset = chunk.lowerBound + below(chunk.count - count + 1)
    if count == 1 { surgery.set(offset, edgeByte()) } else { setEdge(offset, count, &surgery) }
  }

  /// A field inside a message.
  private mutating func bodyField(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    let count = pick([1, 1, 1, 2, 4, 8])
    guard message.body.count >= count else { return }
    let offset = message.body.lowerBound + below(min(message.body.count - count + 1, 40))
    if count == 1 { surgery.set(offset, edgeByte()) } else { setEdge(offset, count, &surgery) }
  }

  private mutating func prefix(_ header: HeaderPlaces, _ surgery: inout SubsetSurgery) {
    let offset = header.address + below(13)
    surgery.set(offset, below(2) == 0 ? edgeByte() : surgery.bytes[offset] &+ pick([1, 4, 0xff, 0xfc]))
  }

  private mutating func resize(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    let size = message.body.count
    let other = pick([0, 1, size + 1, size - 1, size + 4, size - 4, size + 8, 65535, below(400)])
    surgery.set(message.start + 1, number: UInt64(truncatingIfNeeded: other), bytes: 2)
  }

  /// Two messages of one size change places, in one header or across.
  private mutating func swap(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    let other = pick(pick(surgery.headers).messages)
    guard other.body.count == message.body.count, other.start != message.start else { return }
    let (left, right) = (Array(surgery.bytes[message.whole]), Array(surgery.bytes[other.whole]))
    surgery.set(message.start, right)
    surgery.set(other.start, left)
  }

  /// A message over another one, or into an empty one, whose rest stays empty.
  private mutating func copy(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    let places = pick(surgery.headers).messages.filter {
      $0.start != message.start
        && ($0.body.count == message.body.count
          || $0.type == 0 && $0.body.count >= message.body.count + 4)
    }
    guard !places.isEmpty else { return }
    let place = pick(places)
    let rest = place.body.count - message.body.count - 4
    surgery.set(place.start, Array(surgery.bytes[message.whole]))
    if rest >= 0 {
      let head = place.start + message.whole.count
      surgery.set(head, [0, UInt8(truncatingIfNeeded: rest), UInt8(truncatingIfNeeded: rest >> 8), 0])
    }
  }

  /// The end of a message becomes an empty message.
  private mutating func split(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    guard message.body.count >= 4 else { return }
    let rest = below(message.body.count - 3)
    let size = message.body.count - rest - 4
    surgery.set(message.start + 1, number: UInt64(size), bytes: 2)
    surgery.set(message.body.lowerBound + size, [0, UInt8(truncatingIfNeeded: rest), UInt8(rest >> 8), 0])
    surgery.set(message.body.upperBound - rest, [UInt8](repeating: 0, count: rest))
  }

  /// A message becomes an empty one, or nearly.
  private mutating func empty(_ message: HeaderPlaces.Message, _ surgery: inout SubsetSurgery) {
    surgery.set(message.start, 0)
    if below(4) > 0 { surgery.set(message.start + 3, 0) }
    if below(4) > 0 {
      surgery.set(message.body.lowerBound, [UInt8](repeating: 0, count: message.body.count))
    }
  }

  private mutating func messages(_ type: UInt8, _ surgery: SubsetSurgery) -> HeaderPlaces.Message {
    pick(surgery.headers.flatMap { $0.messages.filter { $0.type == type } })
  }

  /// Another target of a link or continuation, or two that change targets.
  private mutating func address(_ surgery: inout SubsetSurgery) {
    let type: UInt8 = pick([6, 6, 16])
    let (left, right) = (messages(type, surgery), messages(type, surgery))
    let count = type == 6 ? 8 : 16
    let (one, other) =
      type == 6
      ? (left.body.upperBound - 8, right.body.upperBound - 8) : (left.body.lowerBound, right.body.lowerBound)
    let (first, second) = (
      Array(surgery.bytes[one..<one + count]), Array(surgery.bytes[other..<other + count])
    )
    switch below(3) {
    case 0: setEdge(one, 8, &surgery)
    case 1: surgery.set(one, second)
    default:
      surgery.set(one, second)
      surgery.set(other, first)
    }
  }

  /// Another place or shape of a dataset, mostly one that fits together.
  private mutating func dataset(_ surgery: inout SubsetSurgery) {
    let header = pick(surgery.headers.filter { $0.messages.contains { $0.type == 8 } })
    guard let layout = header.messages.first(where: { $0.type == 8 }),
      let space = header.messages.first(where: { $0.type == 1 }), layout.body.count == 18
    else { return }
    let place = layout.body.lowerBound + 2
    let rank = (space.body.count - 4) / 16
    switch below(4) {
    case 0: setEdge(place, 8, &surgery)
    case 1: setEdge(place + 8, 8, &surgery)
    case 2:
      let target = messages(8, surgery).body.lowerBound + 2
      surgery.set(place, Array(surgery.bytes[target..<target + 8]))
    default:
      let offset = space.body.lowerBound + 4 + 8 * below(rank)
      let (old, size) = (surgery.number(offset, bytes: 8), surgery.number(place + 8, bytes: 8))
      let extent = below(2) == 0 ? edgeNumber(surgery, near: old) : UInt64(below(5))
      surgery.set(offset, number: extent, bytes: 8)
      surgery.set(offset + 8 * rank, number: extent, bytes: 8)
      if old > 0 { surgery.set(place + 8, number: size / old &* extent, bytes: 8) }
      if below(2) == 0, extent == 0 { surgery.set(place, [UInt8](repeating: 0xff, count: 8)) }
    }
  }

  /// A letter of the name of a link or attribute.
  private mutating func rename(_ surgery: inout SubsetSurgery) {
    let type: UInt8 = pick([6, 12])
    let message = messages(type, surgery)
    let start = message.body.lowerBound + (type == 6 ? 3 : 9)
    let length = Int(surgery.bytes[message.body.lowerBound + 2]) - (type == 6 ? 0 : 1)
    guard length > 0, start + length <= message.body.upperBound else { return }
    surgery.set(start + below(length), below(4) == 0 ? edgeByte() : pick(Array("abcxyz019_-A".utf8)))
  }

  /// Bytes of an attribute's type, shape or value.
  private mutating func attributeValue(_ surgery: inout SubsetSurgery) {
    let message = messages(12, surgery)
    let start = message.body.lowerBound + 9 + Int(surgery.bytes[message.body.lowerBound + 2])
    guard start < message.body.upperBound else { return }
    surgery.set(start + below(message.body.upperBound - start), edgeByte())
  }
}

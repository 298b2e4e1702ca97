/// The order in which samples are looked at: however many are taken from its beginning, they are spread over the set.
enum SampleOrder {
  /// Samples are looked at in blocks of so many, behind which candidates may leave.
  static let block = 4

  /// The numbers 0 to `count - 1`: steps of the golden section of the range, as numbers that were taken already allow.
  static func spread(_ count: Int) -> [Int] {
    let step = 0.6180339887498949
    var isTaken = Array(repeating: false, count: count)
    var order: [Int] = []
    var place = 0.0
    while order.count < count {
      var number = min(count - 1, Int(place * Double(count)))
      while isTaken[number] { number = (number + 1) % count }
      isTaken[number] = true
      order.append(number)
      place = (place + step).truncatingRemainder(dividingBy: 1)
    }
    return order
  }

  /// Places from hard to easy, in blocks of which each has one of every `block` neighbours: ranks have as much of it.
  static func hardestFirst(_ difficulty: [Double]) -> [Int] {
    let lanes = (0..<block).map { lane in
      stride(from: lane, to: difficulty.count, by: block).sorted {
        (-difficulty[$0], $0) < (-difficulty[$1], $1)
      }
    }
    let rounds = lanes.map(\.count).max() ?? 0
    return (0..<rounds).flatMap { round in lanes.compactMap { round < $0.count ? $0[round] : nil } }
  }
}

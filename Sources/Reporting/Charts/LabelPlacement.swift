/// Finds places for labels beside their marks, away from other marks and labels.
struct LabelPlacement {
  /// A rectangle.
  struct Box: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    /// Distance of a place from the nearest edge; 0 inside.
    func distance(_ place: (x: Double, y: Double)) -> Double {
      let across = max(x - place.x, place.x - x - width, 0)
      let down = max(y - place.y, place.y - y - height, 0)
      return (across * across + down * down).squareRoot()
    }

    func overlap(_ other: Box) -> Double {
      let across = min(x + width, other.x + other.width) - max(x, other.x)
      let down = min(y + height, other.y + other.height) - max(y, other.y)
      return across > 0 && down > 0 ? across * down : 0
    }
  }

  private var taken: [Box]
  private let centres: [(x: Double, y: Double)]
  private let bounds: Box

  /// Labels stay within `bounds` and off `marks`; `centres` are the places that they may be about.
  init(within bounds: Box, around marks: [Box], centres: [(x: Double, y: Double)]) {
    self.bounds = bounds
    self.centres = centres
    taken = marks
  }

  /// The place of a label of a size for the mark at `(x, y)`: the nearest of many that covers least.
  mutating func place(width: Double, height: Double, x: Double, y: Double) -> Box {
    var best: (cost: Double, box: Box)?
    for ring in 0..<7 {
      let distance = 9 + 9 * Double(ring)
      for (across, down) in Self.directions {
        let box = Box(
          x: x + across * (distance + width / 2) - width / 2,
          y: y + down * (distance + height / 2) - height / 2, width: width, height: height)
        let covered = taken.reduce(0) { $0 + $1.overlap(box) }
        let outside = width * height - bounds.overlap(box)
        let cost = 4 * covered + 12 * outside + 0.6 * distance + 20 * Double(rivals(of: box, (x, y)))
        if cost < best?.cost ?? .infinity { best = (cost, box) }
      }
    }
    let box = best?.box ?? Box(x: x, y: y, width: width, height: height)
    taken.append(box)
    return box
  }

  /// Marks that a reader could take the label for, as they are not farther from it than its own.
  func rivals(of box: Box, _ own: (x: Double, y: Double)) -> Int {
    let distance = box.distance(own)
    return centres.count { $0 != own && box.distance($0) < distance + 3 }
  }

  private static let directions: [(Double, Double)] = [
    (1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (1, -0.4),
    (-1, -0.4), (1, 0.4), (-1, 0.4), (0.4, -1), (-0.4, -1), (0.4, 1), (-0.4, 1),
  ]
}

import Plan

/// Every combination of the methods' settings that tuning may choose from, as places on the axes of all methods.
///
/// Along an axis of amounts neighbours differ by one step; along one of kinds everything is a neighbour.
struct SettingsSpace {
  /// A place: an index on each axis, method after method.
  typealias Place = [Int]

  private let methods: [any MethodAxes]
  /// Numbers of a place that belong to each method.
  private let ranges: [Range<Int>]

  init(_ record: CalibrationRecord, _ text: TextModel) {
    methods = Methods.axes(record, text)
    var end = 0
    ranges = methods.map { method in
      defer { end += method.axes.count }
      return end..<end + method.axes.count
    }
  }

  /// The place that leaves every method out.
  var dense: Place { Array(repeating: 0, count: ranges.last?.upperBound ?? 0) }

  /// The settings of a place.
  func settings(_ place: Place) -> PruningSettings {
    var settings = PruningSettings()
    for (method, range) in zip(methods, ranges) { method.apply(place[range], to: &settings) }
    return settings
  }

  /// The ways in which places prepare pictures.
  var preparations: [PictureSettings] {
    var result = [PictureSettings.dense]
    // A method that acts on pictures is one axis.
    for method in methods where method.axes.count == 1 {
      let steps = (1..<max(1, method.axes[0].count)).map { step in
        var settings = PruningSettings()
        method.apply([step], to: &settings)
        return settings.picture.preparation
      }.filter { !$0.isDense }
      result += steps.flatMap { step in result.map { $0.adding(step) } }
    }
    return result
  }

  /// Places one change away: a step along each amount, any other kind. What an axis that is not in use says does not
  /// matter, so there is no neighbour along it.
  func neighbours(of place: Place) -> [Place] {
    var result: [Place] = []
    for (method, range) in zip(methods, ranges) {
      for (number, axis) in method.axes.enumerated() {
        if let needs = axis.needs, place[range.lowerBound + needs] == 0 { continue }
        let own = place[range.lowerBound + number]
        let values = axis.isOrdered ? [own - 1, own + 1] : Array(0..<axis.count)
        for value in values where value != own && (0..<axis.count).contains(value) {
          var neighbour = place
          neighbour[range.lowerBound + number] = value
          result.append(neighbour)
        }
      }
    }
    return result
  }

  /// Where a search begins: each method alone and all together, careful and bold.
  var seeds: [Place] {
    methods.reduce([[]]) { places, method in
      places.flatMap { place in method.seeds.map { place + $0 } }
    } + alone
  }

  /// Extra seeds of each method, with every other method left out.
  private var alone: [Place] {
    zip(methods, ranges).flatMap { method, range in method.extraSeeds.map { dense.replacing(range, with: $0) }
    }
  }

  /// Dense, then each method with every other one left out: where it begins, and each step along each of its axes from
  /// there or from nothing.
  var singles: [Place] {
    var result = [dense]
    for (method, range) in zip(methods, ranges) {
      let zero = Array(repeating: 0, count: method.axes.count)
      let begun = method.seeds.last ?? zero
      var parts = method.seeds + method.extraSeeds
      for (number, axis) in method.axes.enumerated() {
        for step in 0..<axis.count {
          var part = axis.needs == nil ? zero : begun
          part[number] = step
          parts.append(part)
        }
      }
      for place in parts.map({ dense.replacing(range, with: $0) }) where !result.contains(place) {
        result.append(place)
      }
    }
    return result
  }

  /// The numbers of a place, method by method.
  func parts(of place: Place) -> [[Int]] { ranges.map { Array(place[$0]) } }

  /// The place of such numbers.
  func place(of parts: [[Int]]) -> Place { Array(parts.joined()) }

  /// Where costs are measured: the seeds, and some of them with each method's extra seeds.
  var timedPlaces: [Place] {
    var places = seeds
    let extras = zip(methods, ranges).flatMap { method, range in method.extraSeeds.map { (range, $0) } }
    guard !extras.isEmpty else { return places }
    for (index, place) in seeds.enumerated() where index % 3 == 0 {
      var other = place
      let (range, seed) = extras[index / 3 % extras.count]
      other.replaceSubrange(range, with: seed)
      if !places.contains(other) { places.append(other) }
    }
    return places
  }
}

extension SettingsSpace.Place {
  /// The same place with other numbers in a range.
  fileprivate func replacing(_ range: Range<Int>, with numbers: [Int]) -> Self {
    var result = self
    result.replaceSubrange(range, with: numbers)
    return result
  }
}

extension PictureSettings {
  /// These with what the others say of how pictures are prepared.
  fileprivate func adding(_ other: PictureSettings) -> PictureSettings {
    PictureSettings(
      resolution: other.resolution ?? resolution, tileSelection: other.tileSelection ?? tileSelection,
      patchSelection: other.patchSelection ?? patchSelection,
      contrastSelection: other.contrastSelection ?? contrastSelection)
  }
}

extension Sequence where Element: Equatable {
  /// The elements without repetitions, in the order of their first.
  package var uniqued: [Element] {
    reduce(into: []) { result, element in
      if !result.contains(element) { result.append(element) }
    }
  }
}

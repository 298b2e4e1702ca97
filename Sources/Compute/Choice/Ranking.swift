/// Indices of the `count` largest scores, ascending. Equal scores go to the lower index; NaN ranks last.
public func largest(_ count: Int, of scores: [Float]) -> [Int] {
  let order = scores.indices.sorted { left, right in
    let (a, b) = (
      scores[left].isNaN ? -.infinity : scores[left], scores[right].isNaN ? -.infinity : scores[right]
    )
    return a == b ? left < right : a > b
  }
  return order.prefix(max(0, count)).sorted()
}

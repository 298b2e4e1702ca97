public import Compute

/// How much one layer looked at the image: the attention mass of the last prompt row on visual tokens.
public struct VisualAttention: Equatable, Sendable {
  /// Mass of each query head, in [0, 1].
  public var byQueryHead: [Double]

  /// Sums up the visual columns of the last watched token, `attention` being `[(w * H) x rows]`.
  public init(attention: MatrixView, visualRows: [Int], queryHeads: Int) {
    byQueryHead = (0..<queryHeads).map { head in
      attention.withRow(attention.rows - queryHeads + head) { row in
        visualRows.reduce(0.0) { $0 + Double(row[$1]) }
      }
    }
  }

  /// `gamma_l`: the mean over heads.
  public var mean: Double { byQueryHead.reduce(0, +) / Double(max(1, byQueryHead.count)) }

  /// Mean over the query heads of each KV head.
  public func byKeyValueHead(_ heads: Int) -> [Double] {
    let group = max(1, byQueryHead.count / max(1, heads))
    return (0..<heads).map { head in
      byQueryHead[head * group..<(head + 1) * group].reduce(0, +) / Double(group)
    }
  }
}

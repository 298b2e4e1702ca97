import CKernels

/// The gated delta rule by chunks of rows (arXiv 2406.06484, with decays): what the rows of a chunk read of the state before
/// it is one product, what they write into it another.
///
/// With `D[i][j]` the decay from row `j` to row `i`, `g[i]` that from before the chunk, and `u` what each row writes,
///
///     u[i] = b[i] (v[i] - g[i] S k[i] - sum_{j<i} D[i][j] (k[i] k[j]) u[j])
///     o[i] = g[i] S q[i] + sum_{j<=i} D[i][j] (q[i] k[j]) u[j]
///     S    = g[n-1] S + sum_j D[n-1][j] u[j] k[j]ᵀ
///
/// Decays are products, never quotients: none overflows, however fast a head forgets.
struct DeltaChunks: RangeWork {
  let rule: GatedDeltaRule
  /// Queries, keys and values.
  let rows: MatrixView
  /// Strengths, then decays.
  let rates: MatrixView
  let state: MatrixView
  let workers: Workers

  /// Rows of a chunk: more take more products among them, fewer lay out the state more often. With heads of 128, 24 to 48
  /// are about as fast, 64 and 96 take a tenth and a quarter longer.
  static let size = 32

  func run(_ heads: Range<Int>, worker: Int) {
    for head in heads {
      for first in stride(from: 0, to: rows.rows, by: Self.size) {
        let count = min(Self.size, rows.rows - first)
        let floats = Scratch.floats(count, rule)
        run(head, first, count, Scratch(workers.scratch(worker, count: floats), count, rule))
      }
    }
  }

  /// Memory of one chunk of `n` rows.
  private struct Scratch {
    /// Keys, then queries, `[2 n x dk]`.
    let pairs: UnsafeMutablePointer<Float>
    /// Their products with the keys, `[2 n x n]`.
    let scores: UnsafeMutablePointer<Float>
    /// What they read of the state, then what each row writes and gives, `[2 n x dv]`.
    let reads: UnsafeMutablePointer<Float>
    /// What each row writes, by channel, `[dv x n]`.
    let writes: UnsafeMutablePointer<Float>
    /// Decays between rows, `[n x n]`.
    let decays: UnsafeMutablePointer<Float>

    init(_ base: UnsafeMutablePointer<Float>, _ count: Int, _ rule: GatedDeltaRule) {
      pairs = base
      scores = pairs + 2 * count * rule.keyWidth
      reads = scores + 2 * count * count
      writes = reads + 2 * count * rule.valueWidth
      decays = writes + rule.valueWidth * count
    }

    static func floats(_ count: Int, _ rule: GatedDeltaRule) -> Int {
      count * (2 * rule.keyWidth + 3 * count + 3 * rule.valueWidth)
    }
  }

  private func run(_ head: Int, _ first: Int, _ count: Int, _ scratch: Scratch) {
    let (dk, dv) = (rule.keyWidth, rule.valueWidth)
    let (pairs, scores, reads) = (scratch.pairs, scratch.scores, scratch.reads)
    let memory = state.rowBase(head * dv)
    for row in 0..<count {
      let channels = rows.rowBase(first + row)
      (pairs + row * dk).update(from: channels + rule.keyColumn(head), count: dk)
      (pairs + (count + row) * dk).update(from: channels + rule.queryColumn(head), count: dk)
    }
    multiply(pairs, 2 * count, by: matrix(pairs, dk, outputs: count, depth: dk), into: scores, count)
    multiply(pairs, 2 * count, by: matrix(memory, state.stride, outputs: dv, depth: dk), into: reads, dv)
    fillDecays(scratch.decays, head, first, count)
    write(head, first, count, scratch)

    // What a row gives: what it reads of the state, and of what the rows up to it write.
    for row in 0..<count {
      let (score, decays) = (scores + (count + row) * count, scratch.decays + row * count)
      kernels.multiply(decays, score, row + 1)
      (score + row + 1).update(repeating: 0, count: count - row - 1)
      let given = reads + (count + row) * dv
      kernels.scale(before(head, first) * decays[0], given, dv)
      (rows.rowBase(first + row) + rule.valueColumn(head)).update(from: given, count: dv)
    }
    multiply(
      scores + count * count, count, by: matrix(reads, dv, outputs: dv, depth: count, byInputs: true),
      into: rows.rowBase(first) + rule.valueColumn(head), rows.stride, accumulating: true)

    let last = scratch.decays + (count - 1) * count
    for row in 0..<count {
      kernels.scale(last[row], pairs + row * dk, dk)
      for channel in 0..<dv { scratch.writes[channel * count + row] = reads[row * dv + channel] }
    }
    for channel in 0..<dv {
      kernels.scale(before(head, first) * last[0], memory + channel * state.stride, dk)
    }
    multiply(
      scratch.writes, dv, by: matrix(pairs, dk, outputs: dk, depth: count, byInputs: true), into: memory,
      state.stride, accumulating: true)
  }

  /// Decay of a row.
  private func before(_ head: Int, _ row: Int) -> Float { rates[row, rule.valueHeads + head] }

  private func fillDecays(_ decays: UnsafeMutablePointer<Float>, _ head: Int, _ first: Int, _ count: Int) {
    for row in 0..<count {
      let own = decays + row * count
      if row > 0 {
        own.update(from: own - count, count: row)
        kernels.scale(before(head, first + row), own, row)
      }
      own[row] = 1
    }
  }

  /// What each row writes, in the place of what its key reads: the rows before it come first.
  private func write(_ head: Int, _ first: Int, _ count: Int, _ scratch: Scratch) {
    let dv = rule.valueWidth
    for row in 0..<count {
      let (score, decays) = (scratch.scores + row * count, scratch.decays + row * count)
      let (strength, written) = (rates[first + row, head], scratch.reads + row * dv)
      kernels.scale(-before(head, first) * decays[0], written, dv)
      kernels.add(rows.rowBase(first + row) + rule.valueColumn(head), written, dv)
      kernels.scale(strength, written, dv)
      kernels.multiply(decays, score, row)
      kernels.scale(-strength, score, row)
      kernels.vector_times_rows(score, scratch.reads, dv, written, row, dv)
    }
  }

  private func matrix(
    _ values: UnsafePointer<Float>, _ stride: Int, outputs: Int, depth: Int, byInputs: Bool = false
  ) -> espalier_float32_matrix {
    espalier_float32_matrix(
      values: values, stride: stride, outputs: outputs, depth: depth, by_inputs: byInputs ? 1 : 0)
  }

  private func multiply(
    _ input: UnsafePointer<Float>, _ count: Int, by matrix: espalier_float32_matrix,
    into output: UnsafeMutablePointer<Float>, _ stride: Int, accumulating: Bool = false
  ) {
    kernels.float32_product(matrix, input, matrix.depth, count, 1, output, stride, accumulating ? 1 : 0)
  }
}

import Compute

extension Subject {
  /// Attention over bfloat16 keys and values: of two towers, and a decoder's prefill.
  static var attentions: [Subject] {
    [(729, 16, 72, false), (1024, 12, 64, false), (600, 32, 64, true)].map { rows, heads, width, isCausal in
      let shape = "\(rows)x\(heads)x\(width)" + (isCausal ? " causal" : "")
      return Subject(kernel: "attention", shape: shape) { workers in
        let columns = heads * width
        let attention = Attention(queryHeads: heads, keyValueHeads: heads, headWidth: width)
        let entries = KeyValuePanels(heads: heads, headWidth: width, capacity: rows)
        entries.store(keys: random(rows, columns), values: random(rows, columns), at: 0, workers)
        let (queries, output) = (random(rows, columns), MatrixView(rows: rows, columns: columns))
        // Scores and weighted sums are two products.
        let pairs = isCausal ? rows * (rows + 1) / 2 : rows * rows
        return Run(
          limit: try .first(.bfloat16, .float), work: 4 * Double(pairs * columns), unit: .operations
        ) {
          attention.attend(
            queries: queries, to: .panels(entries), keyCount: rows,
            mask: isCausal ? .causal(firstQuery: 0) : .full, into: output, workers)
        }
      }
    }
  }
}

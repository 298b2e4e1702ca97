import Compute
import Evaluation
import Figures
import Inference
import Output
import Plan
import PlanFile

/// Times of one operating point.
struct BenchRow {
  let point: String
  /// Stages in the order in which they run.
  let stages: [(name: String, times: [Double])]
  /// Decoder operations of prefill a second, and the share of the best rate of the weights' arithmetic.
  let prefillRate: Double
  let prefillShare: Double?
  /// Bytes of weights and cache read a second while decoding, and the share of the best bandwidth.
  let decodeBandwidth: Double
  let decodeShare: Double
  let tokensPerSecond: Double
  let counts: (prompt: Int, visual: Int, kept: Int)

  /// Figures of some answers; nil for none.
  init?(
    _ name: String, _ settings: PruningSettings, _ answers: [Answer], _ plan: Plan, _ limits: MachineLimits
  ) {
    guard let first = answers.first else { return nil }
    point = name.printable(limit: 48)
    stages = [
      ("image", answers.map(\.seconds.image)), ("vision", answers.map(\.seconds.vision)),
      ("prefill", answers.map(\.seconds.prefill)), ("selection", answers.map(\.seconds.selection)),
      ("first token", answers.map(\.seconds.firstToken)),
      ("decode, a token", answers.map { 1 / $0.decodeTokensPerSecond }),
    ]
    counts = (first.promptTokens, first.visualTokens, first.counts.visualKept)
    let operations = OperationCounter(plan.contents.model.text).prefill(
      text: first.promptTokens - first.visualTokens, visual: first.visualTokens,
      kept: first.counts.visualKept,
      settings: settings)
    prefillRate = operations / Statistics.median(answers.map(\.seconds.prefill))
    let best = limits.rate(of: plan.weights.format)
    prefillShare = best.map { [prefillRate] in prefillRate / $0 }
    tokensPerSecond = 1 / Statistics.median(stages[5].times)
    decodeBandwidth = Double(plan.decoderBytes + first.counts.cacheBytes) * tokensPerSecond
    decodeShare = decodeBandwidth / limits.readBandwidth
  }
}

/// A bench as a whole, in several forms.
struct BenchReport {
  private let plan: Plan
  private let limits: MachineLimits
  private let rows: [BenchRow]

  init(_ plan: Plan, _ limits: MachineLimits, _ rows: [BenchRow]) {
    self.plan = plan
    self.limits = limits
    self.rows = rows
  }

  func text(_ format: BenchFormat) -> String {
    switch format {
    case .text: "\(title)\n\n\(table(stageHeader, stageRows))\n\n\(table(rateHeader, rateRows))"
    case .markdown: "\(title)\n\n\(markdown(stageHeader, stageRows))\n\n\(markdown(rateHeader, rateRows))"
    case .csv: csv
    case .json: json.text
    }
  }

  /// What the machine can do, and what the weights are.
  var title: String {
    let int8 = limits.int8Rate.map { "\($0 / 1e9, decimals: 0)" } ?? "-"
    let half = limits.bfloat16Rate.map { "\($0 / 1e9, decimals: 0)" } ?? "-"
    let float = limits.floatRate.map { "\($0 / 1e9, decimals: 0)" } ?? "-"
    return "limits with these threads: int8 \(int8) GOP/s, bfloat16 \(half), float32 \(float) GFLOP/s,\n"
      + "reading \(limits.readBandwidth / 1e9, decimals: 1) GB/s; weights \(plan.weights.format.rawValue)"
  }

  private var stageHeader: [String] { ["point", "stage", "median", "mean", "sd", "min"] }
  private var stageRows: [[String]] {
    rows.flatMap { row in
      row.stages.map { name, times in
        [row.point, name]
          + [
            Statistics.median(times), Statistics.mean(times), Statistics.deviation(times),
            times.min() ?? .nan,
          ]
          .map { Figure($0, .seconds).description }
      }
    }
  }

  private var rateHeader: [String] {
    ["point", "prompt", "visual", "kept", "prefill GOP/s", "of limit", "decode", "reads GB/s", "of limit"]
  }
  private var rateRows: [[String]] {
    rows.map { row in
      [
        row.point, "\(row.counts.prompt)", "\(row.counts.visual)", "\(row.counts.kept)",
        "\(row.prefillRate / 1e9, decimals: 0)",
        row.prefillShare.map { Figure($0, .share).description } ?? "-",
        Figure(row.tokensPerSecond, .perSecond).description, "\(row.decodeBandwidth / 1e9, decimals: 1)",
        Figure(row.decodeShare, .share).description,
      ]
    }
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    var table = TextTable(header)
    for row in rows { table.append(row) }
    return table.text
  }

  private func markdown(_ header: [String], _ rows: [[String]]) -> String {
    ([header, header.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }

  /// One line a point and stage, in seconds.
  private var csv: String {
    let lines = rows.flatMap { row in
      row.stages.map { name, times in
        "\(row.point),\(name.split(separator: ",")[0]),\(Statistics.median(times)),\(Statistics.mean(times)),"
          + "\(Statistics.deviation(times)),\(times.min() ?? .nan)"
      }
    }
    return (["point,stage,median_seconds,mean_seconds,sd_seconds,min_seconds"] + lines).joined(
      separator: "\n")
  }

  private var json: JSON {
    .object([
      "limits": .object([
        "int8_operations_per_second": limits.int8Rate.map(JSON.number) ?? .null,
        "bfloat16_operations_per_second": limits.bfloat16Rate.map(JSON.number) ?? .null,
        "float32_operations_per_second": limits.floatRate.map(JSON.number) ?? .null,
        "read_bytes_per_second": .number(limits.readBandwidth),
      ]),
      "weights": .string(plan.weights.format.rawValue), "points": .array(rows.map(json)),
    ])
  }

  private func json(_ row: BenchRow) -> JSON {
    .object([
      "name": .string(row.point),
      "counts": .object([
        "prompt": .integer(row.counts.prompt), "visual": .integer(row.counts.visual),
        "visual_kept": .integer(row.counts.kept),
      ]),
      "stages": .array(
        row.stages.map { name, times in
          .object([
            "stage": .string(name), "median": .number(Statistics.median(times)),
            "mean": .number(Statistics.mean(times)), "sd": .number(Statistics.deviation(times)),
            "min": .number(times.min() ?? .nan),
          ])
        }),
      "prefill_operations_per_second": .number(row.prefillRate),
      "prefill_share_of_limit": row.prefillShare.map(JSON.number) ?? .null,
      "decode_tokens_per_second": .number(row.tokensPerSecond),
      "decode_bytes_per_second": .number(row.decodeBandwidth),
      "decode_share_of_limit": .number(row.decodeShare),
    ])
  }
}

extension MachineLimits {
  /// The rate of the arithmetic that products with weights of a format run on.
  func rate(of format: WeightFormat) -> Double? {
    switch format {
    case .float32: floatRate
    case .bfloat16: bfloat16Rate
    case .int8, .int4: int8Rate
    }
  }
}

extension Plan {
  /// Bytes of weights that decoding one token reads: the decoder's, without a token embedding that is not the head.
  fileprivate var decoderBytes: Int {
    let isTied = contents.model.text.tiedHead
    return weights.names.filter { $0.hasPrefix("text/") && (isTied || $0 != "text/embedding") }
      .reduce(0) { $0 + (weights.tensor($1)?.bytes.count ?? 0) }
  }
}

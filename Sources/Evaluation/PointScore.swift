public import Figures
public import Plan

/// All samples of one operating point, and the figures over them.
public struct PointScore: Sendable {
  /// The point.
  public var point: OperatingPoint { contender.point }
  /// What was run.
  public let contender: Contender
  /// Scores by sample, in the order of the set.
  public private(set) var samples: [SampleScore] = []

  init(_ contender: Contender) { self.contender = contender }

  /// Scores of an operating point.
  public init(_ point: OperatingPoint, samples: [SampleScore]) {
    contender = Contender(point: point)
    self.samples = samples
  }

  mutating func append(_ score: SampleScore) { samples.append(score) }

  /// Share of exactly right answers; NaN where the set has no answers.
  public var accuracy: Double { Statistics.mean(graded.map(\.value)) }
  /// 95 % bootstrap interval of the accuracy, clustered by picture.
  public var accuracyInterval: [Double] {
    Statistics.interval(graded.map(\.value), clusters: graded.map(\.image))
  }
  /// Whether there are intervals: one picture says nothing about others.
  public var hasInterval: Bool { Set(samples.map(\.image)).count > 1 }
  /// Mean divergence, nats.
  public var divergence: Double { mean(\.divergence) }
  /// 95 % bootstrap interval of the divergence, clustered by picture.
  public var divergenceInterval: [Double] {
    Statistics.interval(samples.map(\.divergence), clusters: samples.map(\.image))
  }
  /// Share of samples with dense's greedy tokens.
  public var agreement: Double { Statistics.mean(samples.map { $0.agrees ? 1 : 0 }) }
  /// Mean divergence over answers of at least 16 tokens; NaN when there is none.
  public var longAnswerDivergence: Double {
    Statistics.mean(samples.filter { $0.answerLength >= 16 }.map(\.divergence))
  }
  /// Mean seconds to decode one token; NaN when nothing was decoded.
  public var decodeSecondsPerToken: Double {
    samples.reduce(0.0) { $0 + $1.decodeSeconds } / Double(samples.reduce(0) { $0 + $1.decodeSteps })
  }

  /// Mean of one figure.
  public func mean(_ figure: KeyPath<SampleScore, Double>) -> Double {
    Statistics.mean(samples.map { $0[keyPath: figure] })
  }

  /// Mean of one count.
  public func mean(_ figure: KeyPath<SampleScore, Int>) -> Double {
    Statistics.mean(samples.map { Double($0[keyPath: figure]) })
  }

  /// Median of one figure.
  public func median(_ figure: KeyPath<SampleScore, Double>) -> Double {
    Statistics.median(samples.map { $0[keyPath: figure] })
  }

  /// Accuracy and number of samples by task, in the order of first appearance.
  public var tasks: [(task: String, accuracy: Double, samples: Int)] {
    var order: [String] = []
    var values: [String: [Double]] = [:]
    for sample in samples {
      guard let correct = sample.correct else { continue }
      if values[sample.task] == nil { order.append(sample.task) }
      values[sample.task, default: []].append(correct ? 1 : 0)
    }
    return order.map { task in
      let list = values[task] ?? []
      return (task, Statistics.mean(list), list.count)
    }
  }

  private var graded: [(value: Double, image: String)] {
    samples.compactMap { sample in sample.correct.map { ($0 ? 1 : 0, sample.image) } }
  }

  /// The figures a plan stores, next to dense's of the same run.
  public func figures(beside dense: PointScore) -> MeasuredFigures {
    var figures = MeasuredFigures()
    figures.samples = samples.count
    figures.accuracy = accuracy
    figures.accuracyInterval = accuracyInterval
    figures.denseAccuracy = dense.accuracy
    figures.divergence = divergence
    figures.divergenceInterval = divergenceInterval
    figures.agreement = agreement
    figures.visualKept = mean(\.visualKept)
    figures.imageSeconds = median(\.imageSeconds)
    figures.visionSeconds = median(\.visionSeconds)
    if !point.settings.picture.isDense {
      figures.denseImageSeconds = dense.median(\.imageSeconds)
      figures.denseVisualTokens = dense.mean(\.denseVisual)
    }
    figures.prefillSeconds = median(\.prefillSeconds)
    figures.densePrefillSeconds = dense.median(\.prefillSeconds)
    figures.selectionSeconds = median(\.selectionSeconds)
    figures.decodeSecondsPerToken = decodeSecondsPerToken
    figures.denseDecodeSecondsPerToken = dense.decodeSecondsPerToken
    figures.kvBytes = mean(\.kvBytes)
    figures.denseKVBytes = dense.mean(\.kvBytes)
    figures.visualEntryShare = mean(\.visualEntryShare)
    figures.decoderFLOPs = mean(\.decoderFLOPs)
    figures.denseDecoderFLOPs = dense.mean(\.decoderFLOPs)
    return figures
  }

  /// Throws when this was asked to remove tokens or entries and removed none: its figures would be those of dense under
  /// another name.
  public func checkPruned() throws(EvaluationError) {
    let asked = samples.filter(\.wasToPrune)
    guard !asked.isEmpty, asked.allSatisfy(\.isWhole) else { return }
    throw EvaluationError(
      "\(point.name): was asked to prune but removed no visual token and no KV entry on \(asked.count) samples"
    )
  }

  /// The object that `espalier evaluate --json` prints for the point.
  public var json: JSON {
    .object([
      "name": .string(point.name), "samples": .integer(samples.count),
      "accuracy": Figure(accuracy, .share).json,
      "interval": hasInterval ? .numbers(accuracyInterval) : .null,
      "accuracy_by_task": .object(tasks.map { ($0.task, Figure($0.accuracy, .share).json) }),
      "samples_by_task": .object(tasks.map { ($0.task, .integer($0.samples)) }),
      "divergence": Figure(divergence, .nats).json,
      "divergence_interval": hasInterval ? .numbers(divergenceInterval) : .null,
      "divergence_long_answers": Figure(longAnswerDivergence, .nats).json,
      "agreement": Figure(agreement, .share).json,
      "seconds": .object([
        "image": Figure(median(\.imageSeconds) - median(\.visionSeconds), .seconds).json,
        "vision": Figure(median(\.visionSeconds), .seconds).json,
        "first_token": Figure(median(\.firstTokenSeconds), .seconds).json,
        "prefill": Figure(median(\.prefillSeconds), .seconds).json,
        "selection": Figure(median(\.selectionSeconds), .seconds).json,
        "decode_per_token": Figure(decodeSecondsPerToken, .seconds).json,
      ]),
      "kv_bytes": Figure(mean(\.kvBytes), .bytes).json,
      "visual_kv_share": Figure(mean(\.visualEntryShare), .share).json,
      "visual_kept": Figure(mean(\.visualKept), .count).json,
      "decoder_flops": Figure(mean(\.decoderFLOPs), .operations).json,
    ])
  }
}

/// A measurement that means nothing, in one line.
public struct EvaluationError: Error, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}

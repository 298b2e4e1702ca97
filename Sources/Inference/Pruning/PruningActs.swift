import Models
import Plan

/// The acts of all methods that a schedule asks for, in the order in which they act at a boundary.
struct PruningActs {
  private var cacheRetention: CacheRetentionAct?
  private var tokenPruning: TokenPruningAct?
  private var horizon: HorizonAct?
  private var clock = StageClock()

  /// The acts of a schedule; dense has none.
  init(_ schedule: Schedule, in context: Context) {
    cacheRetention = CacheRetentionAct(schedule, in: context)
    tokenPruning = schedule.settings.tokenPruning.map { TokenPruningAct($0) }
    horizon = schedule.settings.horizon.map { HorizonAct($0) }
  }

  /// Attention rows of the last prompt tokens that some act looks at.
  var watchedRows: Int {
    max(cacheRetention?.watchedRows ?? 0, tokenPruning?.watchedRows ?? 0, horizon?.watchedRows ?? 0)
  }

  /// Visual tokens that outlive token pruning, of a run that ends with `rows`.
  func visualKept(_ rows: TokenRows) -> Int { horizon?.visualBefore ?? rows.visualCount }

  /// Seconds that the acts took.
  var seconds: Double { clock.seconds }

  /// Before the first layer.
  mutating func willRun(_ prompt: PromptRows, in context: Context) {
    let start = StageClock.now
    tokenPruning?.willRun(prompt, in: context)
    clock.add(since: start)
  }

  /// Before a layer.
  mutating func willRun(layer: Int, _ rows: TokenRows, in context: Context) {
    let start = StageClock.now
    tokenPruning?.willRun(layer: layer, rows, in: context)
    clock.add(since: start)
  }

  /// After a layer: entries are freed before tokens leave, as an entry's row is counted among the layer's.
  mutating func didRun(
    _ boundary: borrowing LayerBoundary, in context: Context, observer: inout some Observer
  ) {
    let start = StageClock.now
    cacheRetention?.didRun(boundary, in: context)
    if let kept = cacheRetention?.kept {
      observer.didRetain(layer: boundary.layer, kept: kept, rows: boundary.rows)
    }
    tokenPruning?.didRun(boundary, in: context)
    horizon?.didRun(boundary, in: context)
    clock.add(since: start)
  }
}

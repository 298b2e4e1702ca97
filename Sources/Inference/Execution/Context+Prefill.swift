public import Compute
import Models
import Plan

extension Context {
  /// Runs layers on `prompt`, in place, as the schedule says.
  ///
  /// A run may start at any layer boundary: `prompt` then holds the residual stream at the input of its first layer.
  /// Throws where the run is cancelled.
  public func prefill(
    _ prompt: PromptRows, schedule: Schedule, _ range: PrefillRange = PrefillRange(),
    observer: inout some Observer
  ) throws(InferenceError) -> PrefillResult {
    let rows = prompt.rows
    let cache = range.cache ?? model.decoder.makeCache()
    let (length, visual, nextPosition) = (rows.count, rows.visualCount, rows.nextPosition)
    workspace.reserve(rows: rows.count, positions: nextPosition + range.reserve)
    var acts = PruningActs(schedule, in: self)
    let watched = max(acts.watchedRows, observer.watchedRows)
    var whole =
      range.keepsWhole
      ? CachedPrompt(
        imageStarts: prompt.imageStarts, nextPosition: nextPosition, length: length, visual: visual) : nil

    // Layers that read the entries of others read them before any are freed.
    var shared: [Int: any LayerMemory] = [:]
    let sharedEntryLayers = model.text.sharedEntryLayers
    if range.first == 0 { acts.willRun(prompt, in: self) }
    // Rows of the layer before those that run on the last row alone.
    var before: (visualKept: Int, visualIndices: [Int32])?
    for layer in range.first..<(range.end ?? model.text.layers) {
      try pause()
      if layer == model.text.sharingStart, range.needsLastRowAlone, rows.visualIndices.last == -1 {
        before = (acts.visualKept(rows), rows.visualIndices)
        rows.keep([rows.count - 1])
      }
      observer.willRun(layer: layer, rows: rows)
      acts.willRun(layer: layer, rows, in: self)
      let (layerCache, entryLayer) = (cache.layers[layer], model.text.entryLayer(of: layer))
      layerCache.reset(capacity: rows.count + range.reserve)
      let attention = model.decoder.forward(
        layer: layer, rows, cache: layerCache, entries: shared[entryLayer] ?? cache.layers[entryLayer],
        schedule: schedule.layers[layer],
        watched: min(rows.count, watched), workspace, workers)
      if sharedEntryLayers.contains(layer) { shared[layer] = layerCache }
      rows.addDeepFeatures(behind: layer)
      let normed = workspace.normed(rows.count)
      if let attention { observer.didAttend(layer: layer, attention: attention, rows: rows) }
      observer.didRun(layer: layer, rows: rows, normed: normed)
      whole?.append(layerCache, visualIndices: before?.visualIndices ?? rows.visualIndices)
      let boundary = LayerBoundary(
        layer: layer, rows: rows, normed: normed, attention: attention, cache: cache, prompt: prompt,
        reserve: range.reserve, keepsWhole: range.keepsWhole)
      acts.didRun(boundary, in: self, observer: &observer)
    }
    cache.save()
    whole?.cache.save()
    let visualKept = before?.visualKept ?? acts.visualKept(rows)
    whole?.visualKept = visualKept
    return PrefillResult(
      cache: cache, rows: rows, nextPosition: nextPosition, length: length, visual: visual,
      counts: PruningCounts(cache, visualKept: visualKept, selectionSeconds: acts.seconds),
      whole: whole)
  }

  /// Runs layers without an observer.
  public func prefill(
    _ prompt: PromptRows, schedule: Schedule, _ range: PrefillRange = PrefillRange()
  ) throws(InferenceError) -> PrefillResult {
    var observer = NoObserver()
    return try prefill(prompt, schedule: schedule, range, observer: &observer)
  }

  /// Logits of the given rows of a finished run, `[rows x vocabulary]`.
  public func logits(of result: borrowing PrefillResult, rows: Range<Int>) -> MatrixView {
    let logits = MatrixView(rows: rows.count, columns: model.text.vocabulary)
    model.decoder.logits(of: result.rows.hidden[rows: rows], into: logits, workspace, workers)
    return logits
  }
}

internal import Inference

/// Lends the threads between layers, and counts for how long they were lent.
final class LentTime {
  private(set) var seconds = 0.0
  private let turns: ServiceTurns
  private var pieceStart = StageClock.now

  init(_ turns: ServiceTurns) { self.turns = turns }

  /// The threads are there again after something else.
  func resume() { pieceStart = StageClock.now }

  /// Between two layers.
  func pause() {
    seconds += turns.lend(lastPiece: StageClock.now - pieceStart)
    pieceStart = StageClock.now
  }
}

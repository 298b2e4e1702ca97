import Foundation
import TestSupport
import Testing

@testable import Espalier

/// Reading prompts and decoding answers take turns on the threads.
@Suite(.endsWithin(minutes: 1)) struct ServiceTurnsTests {
  /// Asks for a turn of decoding on another thread; what it returns becomes true in that turn.
  private func decode(_ turns: ServiceTurns) -> Locked<Bool> {
    let hadTurn = Locked(false)
    Thread.detachNewThread {
      turns.take(.decoding)
      hadTurn.withLock { $0 = true }
      turns.give(.decoding)
    }
    while turns.waitingCount == 0 { usleep(100) }
    return hadTurn
  }

  @Test func `reading lends its turn once decoding would wait too long`() {
    let turns = ServiceTurns(maxStall: 1000)
    turns.take(.reading)
    #expect(turns.lend(lastPiece: 5000) == 0, "nobody waits")
    let hadTurn = decode(turns)
    #expect(turns.lend(lastPiece: 1) == 0 && !hadTurn.withLock { $0 })
    // Another piece as long as that would be too much.
    #expect(turns.lend(lastPiece: 1000) > 0 && hadTurn.withLock { $0 })
    turns.give(.reading)
  }

  @Test func `without patience it is lent between any two layers`() {
    let turns = ServiceTurns(maxStall: 0)
    turns.take(.reading)
    for _ in 0..<3 {
      let hadTurn = decode(turns)
      #expect(turns.lend(lastPiece: 0) > 0 && hadTurn.withLock { $0 })
    }
    turns.give(.reading)
  }

  @Test func `of two that wait, the one begins that was not last`() {
    let turns = ServiceTurns(maxStall: 0)
    turns.take(.decoding)
    let order = Locked<[String]>([])
    for (side, name) in [(ServiceTurns.Side.decoding, "decoding"), (.reading, "reading")] {
      Thread.detachNewThread {
        turns.take(side)
        order.withLock { $0.append(name) }
        turns.give(side)
      }
    }
    while turns.waitingCount < 2 { usleep(100) }
    turns.give(.decoding)
    while order.withLock({ $0.count }) < 2 { usleep(100) }
    #expect(order.withLock { $0 } == ["reading", "decoding"])
  }

  @Test func `waiting for a state has an end`() {
    let monitor = Monitor(0)
    #expect(!monitor.wait(seconds: 0.01) { $0 == 1 })
    Thread.detachNewThread {
      usleep(5000)
      monitor.update { $0 = 1 }
    }
    #expect(monitor.wait(seconds: 30) { $0 == 1 })
    #expect(monitor.wait(for: { $0 == 1 ? "one" : nil }) == "one")
  }
}

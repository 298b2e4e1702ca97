#if MPI
  internal import CMPI
  internal import Cluster

  /// Signs of life in a ring: each process tells the next one that it lives, and listens to the one before it.
  struct Heartbeats {
    /// What a sign says.
    private enum Sign {
      static let alive: UInt8 = 0
      static let leaving: UInt8 = 1
    }

    /// Shortest time between two signs, in seconds.
    private static let period = 1.0

    /// The process that is listened to.
    let predecessor: Int
    private let successor: Int
    private let patience: Double

    // Where MPI reads and writes: two bytes that live as long as the process.
    private let sent = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    private let received = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    private var sending: Request?
    private var receiving: Request?

    private var lastSign = -Double.infinity
    private var lastLook: Double
    private var lastHeard: Double
    /// Seconds of silence, as far as this process listened.
    private var silence = 0.0
    private var isLeaving = false
    private var hasPredecessorLeft = false

    /// Signs of one of several processes, from a moment on.
    init(own: Int, count: Int, patience: Double, now: Double) throws(ClusterError) {
      predecessor = (own + count - 1) % count
      successor = (own + 1) % count
      self.patience = patience
      lastLook = now
      lastHeard = now
      try receive()
    }

    /// Says that this process lives, and looks whether the other does. Returns for how many seconds it has been silent
    /// if that is too long.
    mutating func beat(now: Double) throws(ClusterError) -> Double? {
      // A synchronous send is done only when the other has received it: there is never more than one on its way to a
      // process that does not look.
      if try isSent(), !isLeaving, now - lastSign >= Self.period {
        try send(Sign.alive)
        lastSign = now
      }
      return try listen(now: now)
    }

    /// Says that this process leaves, and returns whether all it has to do with the ring is done.
    mutating func leave() throws(ClusterError) -> Bool {
      guard try isSent() else { return false }
      if !isLeaving {
        isLeaving = true
        try send(Sign.leaving)
        return false
      }
      return hasPredecessorLeft
    }

    private mutating func listen(now: Double) throws(ClusterError) -> Double? {
      // Whoever did not look, as it was stopped itself or in a long step, has not heard silence: one look accounts for a
      // quarter of the patience at most.
      silence += min(now - lastLook, patience / 4)
      lastLook = now
      while try receiving?.isDone() == true {
        silence = 0
        lastHeard = now
        if received.pointee == Sign.leaving {
          hasPredecessorLeft = true
          receiving = nil
        } else {
          try receive()
        }
      }
      return silence > patience && !hasPredecessorLeft ? now - lastHeard : nil
    }

    private mutating func isSent() throws(ClusterError) -> Bool {
      if try sending?.isDone() == false { return false }
      sending = nil
      return true
    }

    private mutating func send(_ sign: UInt8) throws(ClusterError) {
      sent.pointee = sign
      let (byte, rank) = (sent, Int32(successor))
      sending = try Request { request in espalier_mpi_send(byte, rank, &request) }
    }

    private mutating func receive() throws(ClusterError) {
      let (byte, rank) = (received, Int32(predecessor))
      receiving = try Request { request in espalier_mpi_receive(byte, rank, &request) }
    }
  }
#endif

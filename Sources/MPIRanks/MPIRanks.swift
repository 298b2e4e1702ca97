#if MPI
  internal import CMPI
  public import Cluster
  internal import Glibc

  /// Processes that a launcher of MPI started.
  ///
  /// The thread that joined is the only one that may call anything here. Waiting takes next to no time of a processor, as
  /// others may need it. Between two beats a process may take up to `patience`, better a quarter of it.
  public final class MPIRanks: Ranks {
    /// Number of processes, at least 1.
    public let count: Int
    /// This process's number, from 0.
    public let own: Int
    /// Numbers of the processes that share this one's memory, ascending, this one among them.
    public let neighbours: [Int]
    /// Names of the machines that the processes are on, by number.
    public private(set) var hosts: [String]
    /// Signs of life; `nil` for a process that is alone.
    private var heartbeats: Heartbeats?
    private var lastLook: Double

    /// Shortest time between two looks at the others, in seconds.
    private static let lookPeriod = 0.01

    /// Starts MPI, once in the life of a process, and meets the others.
    ///
    /// One that gives no sign of life for `patience` seconds, 2 at least, is an error of whoever misses it. What happens
    /// before all have met is the launcher's business. After an error here, a process ends with a status that is not 0,
    /// from which launchers learn of it.
    public static func join(patience: Double) throws(ClusterError) -> MPIRanks {
      // Where a container forbids processes to read one another's memory, Open MPI 4 would try nevertheless, and write a
      // line about it, for every message.
      setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0)
      // Asked before MPI starts, which may put variables of its own into the environment.
      let started = Launcher.processes
      var (count, own, alone): (Int32, Int32, Int32) = (0, 0, 0)
      try check(espalier_mpi_start(&count, &own, &alone))
      guard alone == 0 else { throw ClusterError("MPI: this installation allows no threads") }
      if count == 1, started > 1 {
        throw ClusterError(
          "MPI: knows of one process where \(started) were started: the launcher is not of this MPI")
      }
      var here = [UInt8](repeating: 0, count: Int(count))
      try check(espalier_mpi_neighbours(count, &here))
      let ranks = try MPIRanks(
        count: Int(count), own: Int(own), neighbours: here.indices.filter { here[$0] != 0 },
        patience: patience)
      ranks.hosts = try ranks.gather(Array(host().utf8)).map { String(decoding: $0, as: UTF8.self) }
      return ranks
    }

    private init(count: Int, own: Int, neighbours: [Int], patience: Double) throws(ClusterError) {
      self.count = count
      self.own = own
      self.neighbours = neighbours
      hosts = Array(repeating: "an unknown machine", count: count)
      lastLook = Self.now
      if count > 1 {
        heartbeats = try Heartbeats(own: own, count: count, patience: patience, now: lastLook)
      }
    }

    /// Gives bytes to all, and returns what each process gave, by number. See `Ranks`.
    public func gather(_ bytes: [UInt8]) throws(ClusterError) -> [[UInt8]] {
      guard count > 1 else { return [bytes] }
      var gathering = try Gathering(bytes, own: own, lengths: gatherLengths(of: bytes))
      while let piece = gathering.next() {
        var request = try Request { request in
          espalier_mpi_gather_bytes(piece.bytes, piece.counts, piece.places, &request)
        }
        try wait { () throws(ClusterError) in try request.isDone() }
        gathering.take(piece)
      }
      return gathering.gathered
    }

    /// Says that this process is at work, and looks whether the one before it is. See `Ranks`.
    public func beat() throws(ClusterError) {
      let now = Self.now
      guard now - lastLook >= Self.lookPeriod else { return }
      lastLook = now
      guard let seconds = try heartbeats?.beat(now: now), let rank = heartbeats?.predecessor else { return }
      throw .silent(rank: rank, host: hosts[rank], seconds: Int(seconds))
    }

    /// Waits until all processes are here, and ends MPI.
    public func finish() throws(ClusterError) {
      _ = try gather([])
      try wait { () throws(ClusterError) in try heartbeats?.leave() ?? true }
      try check(espalier_mpi_finish())
    }

    /// Ends all processes, after an error that this one has told of.
    public func abort(_ status: Int32) -> Never {
      // Open MPI would add seven lines that say nothing more.
      let nowhere = open("/dev/null", O_WRONLY)
      if nowhere >= 0 { dup2(nowhere, STDERR_FILENO) }
      // Should the launcher be gone, nobody would answer.
      alarm(10)
      espalier_mpi_abort(status)
      _exit(status)
    }

    /// Number of bytes that each process gives.
    private func gatherLengths(of bytes: [UInt8]) throws(ClusterError) -> [Int] {
      let numbers = UnsafeMutablePointer<Int64>.allocate(capacity: count)
      numbers.initialize(repeating: 0, count: count)
      numbers[own] = Int64(bytes.count)
      var request = try Request { request in espalier_mpi_gather_numbers(numbers, &request) }
      try wait { () throws(ClusterError) in try request.isDone() }
      // Kept where the wait fails: MPI may still write to it.
      defer { numbers.deallocate() }
      return (0..<count).map { Int(numbers[$0]) }
    }

    /// Waits with pauses that grow from 50 microseconds to 2 milliseconds, and listens to the others meanwhile.
    private func wait(_ isDone: () throws(ClusterError) -> Bool) throws(ClusterError) {
      var pause: UInt32 = 50
      while try !isDone() {
        try beat()
        usleep(pause)
        pause = min(2 * pause, 2000)
      }
    }

    /// Seconds since some fixed moment.
    private static var now: Double {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Name of this machine.
    private static func host() throws(ClusterError) -> String {
      var name = [CChar](repeating: 0, count: Int(espalier_mpi_name_capacity()))
      try check(espalier_mpi_name(&name))
      return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
#endif

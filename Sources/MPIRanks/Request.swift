#if MPI
  internal import CMPI
  internal import Cluster

  /// Something that MPI was asked to do, in memory that stays where it is until that is done.
  ///
  /// Memory of a request that never got done is kept for ever: MPI may still write to it.
  struct Request {
    private var request = espalier_mpi_request()

    /// Begins something.
    init(_ begin: (inout espalier_mpi_request) -> Int32) throws(ClusterError) {
      try check(begin(&request))
    }

    /// Whether it is done by now. Not to be asked again once it is.
    mutating func isDone() throws(ClusterError) -> Bool {
      var done: Int32 = 0
      try check(espalier_mpi_test(&request, &done))
      return done != 0
    }
  }

  /// Throws what a code of MPI means, unless that is success.
  func check(_ code: Int32) throws(ClusterError) {
    guard code != 0 else { return }
    let text = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(espalier_mpi_error_capacity())
    ) { text in
      guard let start = text.baseAddress else { return "" }
      espalier_mpi_error(code, start)
      return String(cString: start)
    }
    throw ClusterError("MPI: \(text.isEmpty ? "error \(code)" : text)")
  }
#endif

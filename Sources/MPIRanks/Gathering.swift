#if MPI
  /// What all processes give, piece by piece: MPI counts the bytes of one call in 32 bits.
  struct Gathering {
    /// What came from each process so far.
    private(set) var gathered: [[UInt8]]
    private let own: Int
    private let lengths: [Int]
    private var start = 0

    /// Bytes of one piece, of all processes together.
    private static let capacity = 1 << 28

    /// Bytes that MPI reads and writes, and where in them those of each process are.
    ///
    /// They stay where they are until `take` has what came. A piece that is never taken is kept for ever, as MPI may
    /// still write to it.
    struct Piece {
      /// Bytes of all processes, one behind the other.
      let bytes: UnsafeMutablePointer<UInt8>
      /// Number of bytes of each process.
      let counts: UnsafeMutablePointer<Int32>
      /// First byte of each process.
      let places: UnsafeMutablePointer<Int32>
    }

    /// What one process gives, with the lengths of what all give.
    init(_ bytes: [UInt8], own: Int, lengths: [Int]) {
      gathered = lengths.map { length in
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        return bytes
      }
      gathered[own] = bytes
      self.own = own
      self.lengths = lengths
    }

    /// The next piece, with what this process gives of it; `nil` when all is gathered. The same number of pieces for
    /// every process.
    mutating func next() -> Piece? {
      guard lengths.contains(where: { $0 > start }) else { return nil }
      let size = Self.capacity / lengths.count
      let sizes = lengths.map { min(size, max(0, $0 - start)) }
      let piece = Piece(
        bytes: .allocate(capacity: sizes.reduce(0, +)), counts: .allocate(capacity: sizes.count),
        places: .allocate(capacity: sizes.count))
      var place = 0
      for (rank, size) in sizes.enumerated() {
        piece.counts[rank] = Int32(size)
        piece.places[rank] = Int32(place)
        if rank == own, size > 0 {
          let bytes = UnsafeMutableBufferPointer(start: piece.bytes + place, count: size)
          _ = bytes.initialize(fromContentsOf: gathered[own][start..<start + size])
        }
        place += size
      }
      start += size
      return piece
    }

    /// Keeps what a piece brought, and frees it.
    mutating func take(_ piece: Piece) {
      for rank in lengths.indices where rank != own {
        gathered[rank].append(
          contentsOf: UnsafeBufferPointer(
            start: piece.bytes + Int(piece.places[rank]), count: Int(piece.counts[rank])))
      }
      piece.bytes.deallocate()
      piece.counts.deallocate()
      piece.places.deallocate()
    }
  }
#endif

internal import Glibc

/// What started this process, as far as the environment tells.
public enum Launcher {
  /// How many processes were started together with this one, itself among them; 1 where nothing says that it has others.
  ///
  /// Reads what `mpirun` of Open MPI, launchers with PMI (MPICH, Intel MPI, Cray) or PMIx, and Slurm's `srun` set. Where
  /// only PMIx's number of this process is known, which says nothing about how many there are, there are two at least.
  /// To be asked before MPI starts, which puts such a number into the environment of a process without a launcher.
  public static var processes: Int {
    processes { name in getenv(name).map { String(cString: $0) } }
  }

  /// Whether this process is not the first one of those, as far as the environment tells.
  public static var isFollower: Bool {
    isFollower { name in getenv(name).map { String(cString: $0) } }
  }

  /// The same from another environment.
  static func isFollower(_ value: (String) -> String?) -> Bool {
    guard processes(value) > 1 else { return false }
    for name in ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID", "PMIX_RANK"] {
      if let rank = value(name).flatMap({ Int($0) }) { return rank > 0 }
    }
    return false
  }

  /// The number from another environment. The first launcher that is found decides: whatever started it may have left
  /// its own variables behind.
  static func processes(_ value: (String) -> String?) -> Int {
    func number(_ name: String) -> Int? { value(name).flatMap { Int($0) } }
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
      if let size = number(name), size > 0 { return size }
    }
    // Slurm knows how many, also where it speaks PMIx.
    if let step = number("SLURM_STEP_ID"), steps.contains(step), number("SLURM_PROCID") != nil,
      let size = number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS"), size > 0
    {
      return size
    }
    if let rank = number("PMIX_RANK"), rank >= 0 { return max(2, rank + 1) }
    return 1
  }

  /// Numbers that Slurm gives to steps of several tasks.
  ///
  /// A batch script has the variables of its job and a SLURM_PROCID, though it runs once. It is no step of srun: it has
  /// no SLURM_STEP_ID, or one of those beyond this range, as shells of salloc do.
  private static let steps = 0..<0xFFFF_FFF0
}

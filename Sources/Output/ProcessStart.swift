internal import CMappings
internal import Glibc

/// What a program does before its first line of work. Only programs do: a library leaves streams and signals of its
/// process alone.
public enum ProcessStart {
  /// The stack that systems usually give, and the least that is worked with.
  private static let stackSize = (usual: rlim_t(8 << 20), least: rlim_t(1 << 20))

  /// Makes what the surroundings may lack an error like any other. Returns why nothing can run here, in one line; `nil`
  /// where nothing is wrong.
  ///
  /// - A standard stream that is closed is opened on nothing, or the next file would take its place, and be written to by
  ///   whoever writes to the stream.
  /// - A file that grows beyond a limit (`ulimit -f`) is an error of the write, not the end of the process.
  /// - A mapped file that loses bytes which are read ends the process with a line that names it.
  public static func prepare() -> String? {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
      // The wrong way round: what is read has an end, what is written is an error. Opening takes the lowest number.
      _ = open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
    signal(SIGXFSZ, SIG_IGN)
    espalier_end_where_mappings_fail()
    return growStack()
  }

  /// Raises a low limit of the stack as far as it may be raised, which holds from now on.
  private static func growStack() -> String? {
    let stack = __rlimit_resource_t(RLIMIT_STACK.rawValue)
    var limit = rlimit()
    guard getrlimit(stack, &limit) == 0, limit.rlim_cur < stackSize.usual else { return nil }
    limit.rlim_cur = min(limit.rlim_max, stackSize.usual)
    guard limit.rlim_cur < stackSize.least || setrlimit(stack, &limit) != 0 else { return nil }
    return "no memory: the limit of the stack (ulimit -s) is \(limit.rlim_cur >> 10) KiB, and must be "
      + "\(stackSize.least >> 10) KiB or more"
  }
}

/// Why the program cannot do what it was asked for, in one line.
struct ExecutionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// What is wrong with a line, before it is known which line of which file it is.
struct Flaw: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

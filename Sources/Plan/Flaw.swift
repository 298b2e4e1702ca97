/// What is wrong with a plan: the object in it and the reason, before the file is known.
package struct Flaw: Error, Equatable {
  /// Path of the object inside the plan; `/` for the plan as a whole.
  package var object: String
  /// What is wrong, found beside expected where both are known.
  package var reason: String

  /// A flaw of one object.
  package init(_ object: String, _ reason: String) {
    self.object = object
    self.reason = reason
  }
}

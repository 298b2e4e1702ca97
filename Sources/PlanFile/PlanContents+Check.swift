package import Plan

extension PlanContents {
  /// Checks the contents as the writer will, for a tool that wants to know before it does the work.
  ///
  /// - Parameter source: named in the error.
  package func check(as source: String) throws(PlanError) {
    try inFile(source) { () throws(Flaw) in try validate() }
  }
}

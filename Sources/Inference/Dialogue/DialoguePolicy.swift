/// What happens to visual entries that were freed for one question when the next one is asked.
///
/// Retention chooses entries by the question; what the first question did not look at is gone for the second, unless
/// something brings it back.
public enum DialoguePolicy: String, CaseIterable, Sendable {
  /// The whole cache stays beside the one that answers, until the dialogue ends: the next question is read behind it,
  /// and chooses for itself. Costs memory.
  case keep
  /// Every question reads the whole prompt again, from the pictures' tokens on. Costs time.
  case reencode
  /// The next question makes do with what the first one left. Costs accuracy.
  case accept
}

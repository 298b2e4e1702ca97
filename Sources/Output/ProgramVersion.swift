/// The version of the programs and of the library.
public enum ProgramVersion {
  /// As `--version` prints it and plans name their producer.
  public static let current = "0.1.0"
}

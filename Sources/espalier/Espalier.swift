import ArgumentParser

/// The toolchain's command line.
@main
struct Espalier: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "espalier",
    abstract: "Compile a vision-language model into a pruning plan, and measure it.",
    discussion: """
      A plan is one HDF5 file with the weights, what calibration found, and measured operating points. \
      The runtime `espalier-run` answers questions from it.
      """,
    version: version,
    subcommands: [
      Compile.self, Import.self, Calibrate.self, Tune.self, Retime.self, Evaluate.self, Inspect.self,
      ReportPage.self, Explain.self, Verify.self, Trace.self, Bench.self,
    ])

  static let version = "0.1.0"
}

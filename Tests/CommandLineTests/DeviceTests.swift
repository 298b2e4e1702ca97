import Compute
import Foundation
import TestSupport
import Testing

/// What the runtime says of the machine it is on, and how it runs where there is little memory.
@Suite(.endsWithin(minutes: 3)) struct DeviceTests {
  @Test func `the version says which kernels were chosen, and why`() throws {
    let result = try Program.run("espalier-run", ["--version", "--verbose"])
    #expect(result.status == 0)
    #expect(result.output.contains("kernels: \(KernelChoice.inUse), "), "\(result.output)")
    for table in KernelChoice.tables { #expect(result.output.contains(" \(table.name): \(table.needs)\n")) }
    let asked = try Program.shell(
      "ESPALIER_KERNELS=portable \"$0\" --version --verbose", [Program.path("espalier-run")])
    #expect(asked.output.contains("kernels: portable, asked for by ESPALIER_KERNELS"), "\(asked.output)")
  }

  @Test func `the self test checks every table that this processor has`() throws {
    let result = try Program.run("espalier-run", ["--self-test"])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let checked = result.output.split(separator: "\n").map { $0.prefix { $0 != ":" } }
    #expect(checked == KernelChoice.tables.filter(\.runs).map { $0.name[...] })
  }

  @Test func `with little memory the answer is the same`() throws {
    let words = [
      try ReferencePlan.path(), "--image", Scenes.picture, "--prompt", "Describe the image.", "--point",
      "dense",
    ]
    let plain = try Program.run("espalier-run", words)
    let low = try Program.run("espalier-run", words + ["--low-memory"])
    #expect(plain.status == 0 && low.status == 0 && plain.output == low.output, "\(low.errors)")
  }
}

import CKernels
import TestSupport
import Testing

@testable import Compute

/// The check of kernels finds what is wrong with a table, and says of every one that this processor has that nothing is.
@Suite(.endsWithin(minutes: 2)) struct KernelCheckTests {
  /// One test, as what a check works with is shared.
  @Test func `every table that runs here agrees, on other shapes for every seed`() throws {
    let tables = KernelChoice.tables
    #expect(tables.contains { $0.name == KernelChoice.inUse && $0.runs })
    #expect(tables.contains { $0.name == "portable" && $0.needs == "nothing" && $0.runs })
    for table in tables where table.runs {
      for seed in [1, 2] as [UInt64] {
        #expect(throws: Never.self) { try KernelCheck.run(table.name, seed: seed).get() > 1000 }
      }
    }
    #expect(throws: KernelCheck.Disagreement.self) { try KernelCheck.run("none", seed: 1).get() }
    try wrongTablesAreFound()
  }

  private func wrongTablesAreFound() throws {
    let table = try #require(espalier_kernels_named("portable")).pointee
    var wrong: [(name: String, table: espalier_kernels)] = []
    func replace(_ name: String, _ change: (inout espalier_kernels) -> Void) {
      var changed = table
      change(&changed)
      wrong.append((name, changed))
    }
    replace("multiply") { $0.multiply = $0.add }
    replace("gelu") { $0.gelu = $0.silu }
    replace("quantize_int8") {
      $0.quantize_int8 = $0.quantize_bytes; $0.quad_bytes = 8
    }
    replace("dot") { $0.dot = $0.log_sum_exp }
    replace("int8_row") { kernels in kernels.int8_row = { _, _, out in out?[0] = 1e9 } }
    for (name, table) in wrong {
      var changed = table
      var message = [CChar](repeating: 0, count: 512)
      let found = espalier_kernels_check(&changed, 0, 1, &message, message.count)
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      #expect(found == 0 && text.contains(name), "\(name): \(text)")
    }
  }
}

import TestSupport
import Testing

@Suite(.endsWithin(minutes: 2)) struct MutantTests {
  @Test func areReadAsLibHDF5ReadsThemOrRefused() throws {
    let result = try Program.run("differential", ["--mutants", "4000", "--seed", "11"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("4000 mutants: "))
    #expect(result.output.contains(" 0 read otherwise by libhdf5"), "\(result.output)")
  }

  @Test func timesAreMeasuredBesideLibHDF5() throws {
    let result = try Program.run("differential", ["--benchmark"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("sparse.h5: 43"), "\(result.output)")
  }
}

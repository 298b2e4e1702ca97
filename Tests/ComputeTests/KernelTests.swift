import CKernels
import Foundation
import TestSupport
import Testing

/// Every instruction set's kernels against plain double arithmetic, on odd sizes.
@Suite(.endsWithin(minutes: 1)) struct KernelTests {
  static let tables: [(String, espalier_kernels)] = [
    "portable", "avx2", "avxvnni", "avx512", "avx512vnni256", "avx512vnni", "avx512bf16",
    "neon", "dotprod", "i8mm", "bf16",
  ].compactMap { (name: String) in espalier_kernels_named(name).map { (name, $0.pointee) } }
  static let sizes = [0, 1, 3, 7, 15, 16, 17, 63, 64, 65, 127, 1000]

  @Test func `there is always a portable table`() {
    #expect(Self.tables.first?.0 == "portable")
    #expect(espalier_kernels_named("mmx") == nil)
  }

  @Test(arguments: sizes) func `dot products`(size: Int) {
    for (name, kernels) in Self.tables {
      let x = numbers(size, seed: 1)
      let y = numbers(size, seed: 2)
      let expected = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      // What rounding adds up to grows with the sum, most in builds that sum in one lane.
      #expect(abs(Double(kernels.dot(x, y, size)) - expected) < 1e-4 + 2e-7 * Double(size), "\(name)")
    }
  }

  @Test(arguments: sizes.dropFirst()) func `softmax sums to one and keeps ratios`(size: Int) {
    for (name, kernels) in Self.tables {
      let x = numbers(size, seed: 3).map { $0 * 30 }
      var result = x
      let logSum = kernels.softmax(&result, size)
      let highest = x.max() ?? 0
      let sum = x.reduce(0.0) { $0 + exp(Double($1 - highest)) }
      for index in x.indices {
        let expected = exp(Double(x[index] - highest)) / sum
        #expect(abs(Double(result[index]) - expected) < 1e-6, "\(name)")
      }
      #expect(abs(Double(logSum) - Double(highest) - log(sum)) < 1e-4, "\(name)")
    }
  }

  @Test func `a masked score weighs nothing`() {
    for (name, kernels) in Self.tables {
      var scores: [Float] = [-.infinity, 1, -.infinity, 2]
      _ = kernels.softmax(&scores, 4)
      #expect(scores[0] == 0 && scores[2] == 0, "\(name)")
    }
  }

  @Test(arguments: sizes.dropFirst()) func `online softmax of two tiles equals one softmax`(size: Int) {
    for (name, kernels) in Self.tables {
      let x = numbers(2 * size, seed: 4).map { $0 * 20 }
      var first = Array(x[..<size])
      var second = Array(x[size...])
      var maximum = -Float.infinity
      var sum: Float = 0
      _ = kernels.online_softmax(&first, size, &maximum, &sum)
      let correction = kernels.online_softmax(&second, size, &maximum, &sum)
      var whole = x
      _ = kernels.softmax(&whole, 2 * size)
      for index in 0..<size {
        #expect(abs(first[index] * correction / sum - whole[index]) < 1e-6, "\(name)")
        #expect(abs(second[index] / sum - whole[size + index]) < 1e-6, "\(name)")
      }
    }
  }

  @Test func `online softmax of a fully masked tile changes nothing`() {
    for (name, kernels) in Self.tables {
      var scores = Array(repeating: -Float.infinity, count: 5)
      var maximum = -Float.infinity
      var sum: Float = 0
      #expect(kernels.online_softmax(&scores, 5, &maximum, &sum) == 1, "\(name)")
      #expect(scores.allSatisfy { $0 == 0 } && sum == 0, "\(name)")
    }
  }

  /// Scores of two tiles one after the other, some of them hidden.
  @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 63, 255, 256])
  func `weights as pairs are those of the online softmax, rounded`(count: Int) {
    for (name, kernels) in Self.tables {
      guard let paired = kernels.online_softmax_pairs else { continue }
      var (maximum, sum) = (-Float.infinity, Float(0))
      var (otherMaximum, otherSum) = (maximum, sum)
      for tile in 0..<3 {
        var scores = (0..<count).map { index -> Float in
          tile == 0 || index % 5 == 3 ? -.infinity : Float((index * 37 + tile * 11) % 101) * 0.4 - 20
        }
        var pairs = [UInt16](repeating: 0xFFFF, count: 256 + 2)
        let correction = pairs.withUnsafeMutableBytes {
          paired(scores, count, &maximum, &sum, $0.bindMemory(to: UInt8.self).baseAddress)
        }
        let expected = kernels.online_softmax(&scores, count, &otherMaximum, &otherSum)
        #expect(correction == expected && maximum == otherMaximum, "\(name)")
        #expect(abs(sum - otherSum) <= 1e-5 * otherSum, "\(name)")
        for index in 0..<count {
          let weight = Float(bitPattern: UInt32(pairs[index]) << 16)
          #expect(abs(weight - scores[index]) <= scores[index] / 128, "\(name): \(index)")
        }
        #expect(count % 2 == 0 || pairs[count] == 0, "\(name) leaves half a pair")
        #expect(pairs[(count + 1) / 2 * 2] == 0xFFFF, "\(name) writes behind the last pair")
      }
    }
  }

  @Test func `activations follow their formulas over the whole range`() {
    let x = stride(from: Float(-30), through: 30, by: 0.0625).map { $0 }
    func check(
      _ name: String, _ kernel: (UnsafeMutablePointer<Float>?, Int) -> Void, _ formula: (Double) -> Double
    ) {
      var result = x
      kernel(&result, x.count)
      for (value, output) in zip(x, result) {
        let expected = formula(Double(value))
        #expect(abs(Double(output) - expected) <= 2e-6 * max(1, abs(expected)), "\(name)(\(value))")
      }
    }
    for (name, kernels) in Self.tables {
      check("\(name) silu", kernels.silu) { $0 / (1 + exp(-$0)) }
      check("\(name) sigmoid_product", { kernels.sigmoid_product(x, $0, $1) }) { $0 / (1 + exp(-$0)) }
      check("\(name) quick_gelu", kernels.quick_gelu) { $0 / (1 + exp(-1.702 * $0)) }
      check("\(name) gelu", kernels.gelu) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
      check("\(name) gelu_tanh", kernels.gelu_tanh) {
        0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      }
    }
  }

  @Test func `extreme inputs give no NaN`() {
    let x: [Float] = [-.greatestFiniteMagnitude, -1e30, -100, 100, 1e15]
    for (name, kernels) in Self.tables {
      for kernel in [kernels.silu, kernels.quick_gelu, kernels.gelu] {
        var result = x
        kernel?(&result, x.count)
        #expect(result.allSatisfy { !$0.isNaN }, "\(name)")
      }
    }
  }

  @Test(arguments: sizes.dropFirst()) func `norms`(size: Int) {
    let x = numbers(size, seed: 5)
    let weight = numbers(size, seed: 6)
    let bias = numbers(size, seed: 7)
    let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(size)
    let mean = x.reduce(0.0) { $0 + Double($1) } / Double(size)
    let variance = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(size)
    for (name, kernels) in Self.tables {
      var result = x
      kernels.rms_norm(x, size, weight, 1e-5, &result, size, 1, size)
      for i in 0..<size {
        #expect(
          abs(Double(result[i]) - Double(x[i]) / (squares + 1e-5).squareRoot() * Double(weight[i])) < 1e-5,
          "\(name)")
      }
      kernels.layer_norm(x, size, weight, bias, 1e-5, &result, size, 1, size)
      for i in 0..<size {
        let expected =
          (Double(x[i]) - mean) / (variance + 1e-5).squareRoot() * Double(weight[i]) + Double(bias[i])
        #expect(abs(Double(result[i]) - expected) < 1e-4, "\(name)")
      }
    }
  }

  private func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float(sin(Double($0 * 7 + seed * 13))) }
  }
}

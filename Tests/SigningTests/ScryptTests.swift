import TestSupport
import Testing

@testable import Signing

/// Keys from passwords are those of Python's hashlib.scrypt, the vectors of RFC 7914 among them.
@Suite(.endsWithin(minutes: 1)) struct ScryptTests {
  struct Entry: Decodable {
    var password: String
    var salt: String
    var n: Int
    var r: Int
    var p: Int
    var key: String
  }

  @Test func `passwords give the keys that hashlib derives`() throws {
    let entries: [Entry] = try SignatureGolden.read("scrypt.json")
    #expect(entries.count == 6)
    for entry in entries {
      let expected = SignatureGolden.bytes(hexadecimal: entry.key)
      let key = Scrypt(n: entry.n, r: entry.r, p: entry.p).derivedKey(
        password: Array(entry.password.utf8), salt: Array(entry.salt.utf8), length: expected.count)
      #expect(key == expected)
    }
  }

  @Test func `costs are those that libsodium chooses`() {
    // Sensitive and interactive limits; less memory than operations ask for; fewer operations than memory allows.
    #expect(Scrypt(operationLimit: 1 << 25, memoryLimit: 1 << 30) == Scrypt(n: 1 << 20, r: 8, p: 1))
    #expect(Scrypt(operationLimit: 1 << 19, memoryLimit: 1 << 24) == Scrypt(n: 1 << 14, r: 8, p: 1))
    #expect(Scrypt(operationLimit: 1 << 25, memoryLimit: 1 << 24) == Scrypt(n: 1 << 14, r: 8, p: 64))
    #expect(Scrypt(operationLimit: 1 << 15, memoryLimit: 1 << 30) == Scrypt(n: 1 << 10, r: 8, p: 1))
    #expect(Scrypt(operationLimit: 1 << 20, memoryLimit: 100_000_000) == Scrypt(n: 1 << 15, r: 8, p: 1))
  }

  @Test func `costs of a file never exceed those of minisign`() {
    let limits = (0..<64).flatMap { [UInt64(1) << UInt64($0), UInt64(1) << UInt64($0) &- 1] } + [.max, 0]
    for operations in limits {
      for memory in limits {
        guard let costs = Scrypt(operationLimit: operations, memoryLimit: memory) else { continue }
        #expect(costs.n >= 2 && costs.p >= 1)
        #expect(costs.memory <= 1 << 30 + 1 << 20)
        #expect(costs.n * costs.r * costs.p <= 1 << 23)
      }
    }
    #expect(Scrypt(operationLimit: 1 << 26, memoryLimit: 1 << 30) == nil)
    #expect(Scrypt(operationLimit: 1 << 25, memoryLimit: 1 << 31) == nil)
  }

  @Test func `memory that is not there is no trap`() {
    #expect(Scrypt(n: 1 << 50, r: 8, p: 1).derivedKey(password: [1], salt: [2], length: 32) == nil)
  }
}

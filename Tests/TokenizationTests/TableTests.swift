import Plan
import Testing
import TestSupport
import Tokenization

@Suite("Tables that contradict themselves", .endsWithin(minutes: 1))
struct TableTests {
  /// All 256 bytes, then "ab".
  private func tables() -> TokenizerTables {
    var tables = TokenizerTables()
    tables.tokens = (UInt8.min...UInt8.max).map { [$0] } + [Array("ab".utf8)]
    tables.merges = [.init(left: 97, right: 98, result: 256)]
    return tables
  }

  @Test("do not stop sound ones from working")
  func sound() throws {
    #expect(try Tokenizer(tables()).encode("xabx") == [120, 256, 120])
  }

  @Test("are refused with one line that says what is wrong")
  func refused() {
    let cases: [(line: String, change: (inout TokenizerTables) -> Void)] = [
      ("tokenizer: no token with id 257", { $0.unknownToken = 257 }),
      ("tokenizer: token 128 is no UTF-8", { $0.scheme = .characters }),
      ("tokenizer: merge 0 names an unknown token or a wrong result", { $0.merges[0].left = -1 }),
      ("tokenizer: merge 0 names an unknown token or a wrong result", { $0.merges[0].right = 257 }),
      ("tokenizer: merge 0 names an unknown token or a wrong result", { $0.merges[0].result = 97 }),
      ("tokenizer: merge 0 names an unknown token or a wrong result", { $0.merges[0].result = .max }),
      (
        "tokenizer: added token 7 has no text or no such id", { $0.addedTokens = [.init(id: 7, content: "")] }
      ),
      (
        "tokenizer: added token 300 has no text or no such id",
        { $0.addedTokens = [.init(id: 300, content: "x")] }
      ),
      (
        "tokenizer pattern: missing closing parenthesis at byte 4",
        { $0.splitting = [.split(.expression("(a|b"), .isolated, inverted: false)] }
      ),
    ]
    for (line, change) in cases {
      var tables = tables()
      change(&tables)
      let error = #expect(throws: TokenizationError.self) { try Tokenizer(tables) }
      #expect(error?.description == line)
    }
  }
}

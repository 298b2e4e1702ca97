import Plan
import Testing
import TestSupport

@testable import Tokenization

/// Tokenizers that would take hours if each match, each text or each token had a limit of its own.
@Suite("Work that a tokenizer multiplies", .endsWithin(minutes: 2)) struct BoundedWorkTests {
  /// Backtracks 2 to the power of a run of `a`, nearly as often as a match may.
  private static let endless = TextPattern.expression("(?:a|a)*[bc]")
  private static let run = String(repeating: "a", count: 17)

  private func tables(_ change: (inout TokenizerTables) -> Void) -> TokenizerTables {
    var tables = TokenizerTables()
    tables.scheme = .characters
    tables.tokens = (0x20..<0x7F).map { [UInt8($0)] }
    tables.decoding = [.fuse]
    change(&tables)
    return tables
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body).components
    return Double(duration.seconds) + 1e-18 * Double(duration.attoseconds)
  }

  @Test func `all pieces of a text share one budget`() throws {
    let tokenizer = try Tokenizer(
      tables {
        $0.splitting = [.split(.literal(","), .removed, inverted: false)]
        $0.splitting += (0..<40).map { _ in .split(Self.endless, .isolated, inverted: false) }
      })
    let text = String(repeating: Self.run + ",", count: 2000)
    #expect(seconds { #expect(throws: TokenizationError.self) { try tokenizer.encode(text) } } < 30)
  }

  @Test func `all texts of a prompt share one budget`() throws {
    let tokenizer = try Tokenizer(
      tables { $0.splitting = (0..<40).map { _ in .split(Self.endless, .isolated, inverted: false) } })
    let segments = (0..<500).flatMap { _ in [PromptTemplate.Segment.literal(Self.run), .special(3)] }
    let prompt = PromptTemplate(before: segments, after: [])
    #expect(
      seconds { _ = try? tokenizer.encode(prompt, Conversation("a").placing(images: 1)) } < 30)
  }

  @Test func `all added tokens share one budget`() throws {
    let all = tables { tables in
      tables.normalization = [.replace(Self.endless, content: "b")]
      for number in 0..<20_000 {
        let content = Self.run + "\(number)"
        tables.addedTokens.append(.init(id: Int32(tables.tokens.count), content: content, normalized: true))
        tables.tokens.append(Array(content.utf8))
      }
    }
    var isBuilt = false
    #expect(seconds { isBuilt = (try? Tokenizer(all)) != nil } < 30)
    #expect(!isBuilt)
  }

  @Test func `all tokens of an answer share one budget`() throws {
    let tokenizer = try Tokenizer(
      tables {
        $0.decoding = (0..<40).map { _ in .replace(Self.endless, content: "") }
        $0.tokens.append(Array(Self.run.utf8))
      })
    let ids = [Int32](repeating: Int32(tokenizer.tokens.count - 1), count: 500)
    var text = ""
    #expect(seconds { text = tokenizer.decode(ids) } < 30)
    // What could not be matched is left as it is.
    #expect(text.utf8.count == 500 * Self.run.utf8.count)
  }

  @Test func `text that decoding puts between tokens counts`() {
    let joins = DecodingStep.join(String(repeating: "a", count: 256))
    let grows = DecodingStep.replace(.literal("a"), content: String(repeating: "b", count: 256))
    for steps in [
      Array(repeating: joins, count: 60) + [grows], [joins, grows, grows], [joins, grows, joins, grows],
    ] {
      #expect(throws: TokenizationError.decodedTooLong(limit: 1 << 17)) {
        try Tokenizer(tables { $0.decoding = steps })
      }
    }
    #expect(throws: Never.self) { try Tokenizer(tables { $0.decoding = [joins, grows] }) }
  }

  @Test(arguments: [(true, false), (false, true), (true, true)])
  func `tokens of white space that take white space along are found in linear time`(left: Bool, right: Bool)
    throws
  {
    let tokenizer = try Tokenizer(
      tables {
        $0.addedTokens = [.init(id: 0, content: " ", stripsLeft: left, stripsRight: right, special: false)]
      })
    let spaces = String(repeating: " ", count: 1 << 17)
    #expect(try seconds { _ = try tokenizer.encode(spaces) } < 10)
  }

  @Test func `white space goes with the tokens that take it`() throws {
    func id(_ character: Character) -> Int32 { Int32((character.asciiValue ?? 0x20) - 0x20) }
    func encode(_ text: String, _ token: TokenizerTables.AddedToken) throws -> [Int32] {
      try Tokenizer(tables { $0.addedTokens = [token] }).encode(text)
    }
    let space = TokenizerTables.AddedToken(id: 0, content: " ", stripsRight: true, special: false)
    #expect(try encode("a   b", space) == [id("a"), 0, 0, 0, id("b")])
    let percent = TokenizerTables.AddedToken(
      id: 5, content: "%", stripsLeft: true, stripsRight: true, special: false)
    #expect(try encode("a  % %b %", percent) == [id("a"), 5, 5, id("b"), 5])
  }
}

import Plan
import Testing
import TestSupport

@testable import Tokenization

/// A vocabulary of all bytes, as characters where they are ASCII.
private func tables(_ change: (inout TokenizerTables) -> Void = { _ in }) -> TokenizerTables {
  var tables = TokenizerTables()
  tables.scheme = .characters
  tables.tokens = (0x20..<0x7F).map { [UInt8($0)] }
  tables.decoding = [.fuse]
  change(&tables)
  return tables
}

@Suite(.endsWithin(minutes: 5)) struct HostileTokenizers {
  @Test(
    arguments: [
      [
        .replace(.literal("a"), content: String(repeating: "b", count: 64)),
        .replace(.literal("b"), content: String(repeating: "c", count: 64)),
        .replace(.literal("c"), content: String(repeating: "d", count: 64)),
      ],
      [
        .replace(.expression(""), content: String(repeating: "b", count: 250)),
        .replace(.expression(""), content: String(repeating: "c", count: 15)),
      ],
      [
        .replace(.literal("a"), content: String(repeating: "\u{FDFA}", count: 80)), .normalForm(.nfkd),
        .replace(.literal(" "), content: String(repeating: "x", count: 250)),
      ],
    ] as [[NormalizationStep]])
  func normalizersDoNotMultiplyEachOthersGrowth(steps: [NormalizationStep]) throws {
    let tokenizer = try Tokenizer(tables { $0.normalization = steps })
    // A megabyte, as the literals of a prompt template may have.
    let text = String(repeating: "a", count: 1 << 20)
    #expect(throws: TokenizationError.textTooLong(limit: 16 * (1 << 20) + 65_536)) {
      try tokenizer.encode(text)
    }
    // Many parts share what one text may become.
    let parts = try Tokenizer(
      tables {
        $0.normalization = steps
        $0.addedTokens = [.init(id: 0, content: " ")]
      })
    #expect(throws: TokenizationError.self) { try parts.encode(String(repeating: "a ", count: 1 << 19)) }
  }

  @Test func normalizersMayGrowTextsAsHonestOnesDo() throws {
    let tokenizer = try Tokenizer(
      tables { $0.normalization = [.normalForm(.nfkd), .replace(.literal(" "), content: "\u{2581}")] })
    #expect(try tokenizer.encode("\u{FDFA}").count <= 18)
    #expect(throws: Never.self) { try tokenizer.encode(String(repeating: "\u{FDFA}", count: 100_000)) }
  }

  @Test func splittersDoNotGrowTextsWithoutEndEither() throws {
    let marks = (0..<60).compactMap { Unicode.Scalar(0x1F300 + $0).map { String($0) } }
    let tokenizer = try Tokenizer(
      tables { tables in
        tables.splitting =
          [.split(.literal("a"), .isolated, inverted: false)]
          + marks.map { .metaspace(replacement: $0, prepend: .always, splits: false) }
      })
    #expect(throws: TokenizationError.self) { try tokenizer.encode(String(repeating: "a", count: 1 << 20)) }
  }

  @Test func aTokenDoesNotDecodeToMegabytes() throws {
    func make(_ length: Int, _ steps: [DecodingStep]) throws -> Tokenizer {
      try Tokenizer(
        tables {
          $0.tokens.append([UInt8](repeating: UInt8(ascii: "a"), count: length))
          $0.decoding = steps
        })
    }
    let grows = DecodingStep.replace(.literal("a"), content: String(repeating: "b", count: 256))
    let growsAgain = DecodingStep.replace(.literal("b"), content: String(repeating: "c", count: 16))
    let error = TokenizationError.decodedTooLong(limit: 1 << 17)
    #expect(throws: error) { try make(65_536, [grows, growsAgain]) }
    #expect(throws: error) { try make(1024, [grows]) }
    #expect(throws: error) { try make(60_000, [.replace(.expression("x*"), content: "ab")]) }
    #expect(throws: Never.self) { try make(512, [grows]) }
    #expect(throws: Never.self) { try make(65_536, [.replace(.literal("\u{2581}"), content: " "), .fuse]) }
  }

  @Test func manyAddedTokensWithOneBeginningAreFoundInLinearTime() throws {
    let count = 20_000
    let all = tables { tables in
      for number in 0..<count {
        let content = "<token_\(number)>"
        tables.addedTokens.append(.init(id: Int32(tables.tokens.count), content: content, inVocabulary: true))
        tables.tokens.append(Array(content.utf8))
      }
    }
    let start = ContinuousClock.now
    let tokenizer = try Tokenizer(all)
    let text = String(repeating: "<token_19999><token_<token_1>", count: 20_000)
    let ids = try tokenizer.encode(text)
    #expect(ids.prefix(1) == [Int32(95 + 19_999)])
    #expect(ids.count == 20_000 * (1 + 7 + 1))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(
    arguments: [
      (["a", "ab", "abc", "b", "bc"], "abcabbcx", ["abc", "ab", "bc"]),
      (["ab", "abcd"], "abcabcd", ["ab", "abcd"]),
      (["x", "x", ""], "xx", ["x", "x"]),
      (["\u{e9}", "e"], "e\u{e9}", ["e", "\u{e9}"]),
      ([], "abc", []),
    ] as [([String], String, [String])])
  func theLeftmostAndThenTheLongestTextIsFound(texts: [String], source: String, found: [String]) {
    let table = PrefixTable(texts.map { Array($0.utf8) })
    let bytes = Array(source.utf8)[...]
    var matches: [String] = []
    var position = 0
    while position < bytes.count {
      if let match = table.longest(in: bytes, at: position) {
        #expect(texts[match.index].utf8.count == match.count)
        matches.append(texts[match.index])
        position += match.count
      } else {
        position += 1
      }
    }
    #expect(matches == found)
  }

  @Test func anAddedTokenThatNormalisingTakesAllTextFromIsRefused() {
    let error = TokenizationError.invalidAddedToken(id: 1)
    #expect(throws: error) {
      try Tokenizer(
        tables {
          $0.normalization = [.strip(left: true, right: true)]
          $0.tokens[1] = Array("\n\n".utf8)
          $0.addedTokens = [.init(id: 1, content: "\n\n", normalized: true)]
        })
    }
  }

  @Test func anAddedTokenOfAByteLevelVocabularyIsMergedAsItsBytes() throws {
    // The character of the byte 0xE9, which is a token of its own, and found as the letter in a text.
    let letter = Int32(0xE9)
    let tokenizer = try Tokenizer(
      tables {
        $0.scheme = .byteLevel
        $0.decoding = [.byteLevel]
        $0.tokens = (0...255).map { [UInt8($0)] }
        $0.tokens[0xE9] = Array("\u{e9}".utf8)
        $0.addedTokens = [.init(id: letter, content: "\u{e9}", inVocabulary: true)]
        $0.ignoresMerges = true
      })
    #expect(try tokenizer.encode("a\u{e9}") == [0x61, letter])
    // U+9000 begins with that byte.
    #expect(try tokenizer.encode("\u{9000}") == [letter, 0x80, 0x80])
  }

  @Test func patternsThatNeverFinishAreGivenUp() throws {
    for pattern in ["(a*)*b|.", "(?:a|aa)+$|.", "(a+)+b|.", "((a{0,20}){0,20}){0,20}b|."] {
      let tokenizer = try Tokenizer(
        tables { $0.splitting = [.split(.expression(pattern), .isolated, inverted: false)] })
      let start = ContinuousClock.now
      _ = try? tokenizer.encode(String(repeating: "a", count: 20_000) + "c")
      #expect(ContinuousClock.now - start < .seconds(60), "\(pattern)")
    }
    #expect(throws: TokenizationError.self) {
      try Tokenizer.checkExpression(String(repeating: "a", count: 5000))
    }
  }
}

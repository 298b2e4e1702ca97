import Evaluation
import TestSupport
import Testing

/// Sets come from people: every mistake is one line that names the file and the line.
@Suite(.endsWithin(minutes: 1)) struct SampleSetTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "a.png")
    try folder.write([4, 5], to: "b.png")
  }

  private static let good = #"{"id": "x", "image": "a.png", "prompt": "why?", "answer": "so", "task": "t"}"#

  @Test func `lines become samples, in order, with pictures beside the set`() throws {
    let set = try read([Self.good, #"{"image": "b.png", "prompt": "p"}"#])
    #expect(set.samples.count == 2)
    let first = try #require(set.samples.first)
    #expect(first.id == "x" && first.prompt == "why?" && first.answer == "so" && first.task == "t")
    #expect(first.images == [folder.file("a.png")])
    #expect(set.samples[1].id == "line 2")
    #expect(set.samples[1].answer == nil && set.samples[1].task == nil)
  }

  @Test func `empty lines are left out, and the numbers of lines stay those of the file`() throws {
    let set = try read(["", Self.good, "   \t", #"{"image": "b.png", "prompt": "p"}"#, ""])
    #expect(set.samples.map(\.id) == ["x", "line 4"])
  }

  @Test func `lines may end as on Windows`() throws {
    let path = try folder.write(Self.good + "\r\n" + Self.good + "\r\n", to: "set.jsonl")
    #expect(try SampleSet(contentsOf: path).samples.count == 2)
    let error = #expect(throws: SampleSetError.self) { try read([Self.good + "\r", "nonsense\r"]) }
    #expect(error?.line == 2)
  }

  @Test func `separators of other alphabets inside text are text`() throws {
    let set = try read(["{\"image\": \"a.png\", \"prompt\": \"one\u{2028}two\u{85}three\"}"])
    #expect(set.samples.map(\.prompt) == ["one\u{2028}two\u{85}three"])
  }

  @Test func `a picture may be named by its full path`() throws {
    let set = try read([#"{"image": "\#(folder.file("b.png"))", "prompt": "p"}"#])
    #expect(set.samples.map(\.images) == [[folder.file("b.png")]])
  }

  @Test func `several pictures are a list, with their places in the prompt or without`() throws {
    let set = try read([
      #"{"images": ["b.png", "a.png"], "prompt": "p"}"#,
      #"{"images": ["a.png", "a.png"], "prompt": "<image> or <image>?"}"#,
    ])
    #expect(set.samples[0].images == [folder.file("b.png"), folder.file("a.png")])
    #expect(set.samples[1].images == [folder.file("a.png"), folder.file("a.png")])
  }

  @Test(arguments: [
    (
      #"{"images": ["a.png", "b.png"], "prompt": "<image> p"}"#,
      "prompt: has <image> 1 times for 2 images"
    ),
    (#"{"image": "a.png", "images": ["a.png"], "prompt": "p"}"#, "has both 'image' and 'images'"),
    (#"{"images": [], "prompt": "p"}"#, "'images' is not a list of pictures"),
    (#"{"images": ["a.png", 3], "prompt": "p"}"#, "'images' is not a list of pictures"),
    (#"{"images": 3, "prompt": "p"}"#, "'images' is not a list of pictures"),
    (#"{"images": ["a.png", "gone.png"], "prompt": "p"}"#, "picture gone.png is not there"),
    ("{", "is not valid JSON: a name is expected (an object of JSON Lines has one line)"),
    (#"{"image": "a.png","#, "is not valid JSON: a name is expected (an object of JSON Lines has one line)"),
    ("[1, 2]", "is not a JSON object"), ("3", "is not a JSON object"), (#""text""#, "is not a JSON object"),
    (#"{"image": "a.png", "prompt": "p"} x"#, "is not valid JSON: something follows the value"),
    (#"{"image": "a.png", "prompt": "p",}"#, "is not valid JSON: a comma with nothing behind it"),
    (#"{"image": ["a.png",], "prompt": "p"}"#, "is not valid JSON: a comma with nothing behind it"),
    (#"{"image": "a.png", "prompt": "\ud83d"}"#, "is not valid JSON: half of a surrogate pair"),
    (#"{"image": "a.png", "prompt": "p", "score": NaN}"#, "is not valid JSON: NaN is no number of JSON"),
    (#"{"image": "a.png", "image": "b.png", "prompt": "p"}"#, #"is not valid JSON: "image" is there twice"#),
    (#"{"image": [], "prompt": "p"}"#, "'image' is not a list of pictures"),
    (#"{"prompt": "p"}"#, "has no 'image'"), (#"{"image": "", "prompt": "p"}"#, "has no 'image'"),
    (#"{"image": "a.png"}"#, "has no 'prompt'"), (#"{"image": "a.png", "prompt": " \n"}"#, "has no 'prompt'"),
    (#"{"image": 3, "prompt": "p"}"#, "'image' is neither text nor a list"),
    (#"{"image": "a.png", "prompt": ["p"]}"#, "'prompt' is not text"),
    (#"{"image": "a.png", "prompt": "p", "answer": 7}"#, "'answer' is not text"),
    (#"{"image": "a.png", "prompt": "p", "task": {}}"#, "'task' is not text"),
    (#"{"image": "a.png", "prompt": "p", "id": true}"#, "'id' is not text"),
    (#"{"image": "gone.png", "prompt": "p"}"#, "picture gone.png is not there"),
  ])
  func `a bad line is named by its number and its fault`(line: String, reason: String) throws {
    let error = #expect(throws: SampleSetError.self) { try read([Self.good, "", line, Self.good]) }
    #expect(error?.description == "\(folder.file("set.jsonl")): line 3: \(reason)")
  }

  @Test func `files that are no set`() throws {
    let cases: [([UInt8], Int?, String)] = [
      ([], nil, "has no samples"), (Array(" \n\n\t\n".utf8), nil, "has no samples"),
      (Array(Self.good.utf8) + [0x0A, 0xFF, 0xFE], 2, "is not UTF-8"),
    ]
    for (bytes, line, reason) in cases {
      let path = try folder.write(bytes, to: "set.jsonl")
      let error = #expect(throws: SampleSetError.self) { try SampleSet(contentsOf: path) }
      #expect(error?.reason == reason && error?.line == line)
    }
    let path = folder.file("gone.jsonl")
    let error = #expect(throws: SampleSetError.self) { try SampleSet(contentsOf: path) }
    #expect(error?.description == "\(path): cannot be read")
  }

  @Test func `a line of many megabytes is refused by its length`() throws {
    let line =
      #"{"image": "a.png", "prompt": "p", "x": ["# + String(repeating: "[],", count: 4_000_000) + "[]]}"
    let error = #expect(throws: SampleSetError.self) { try read([Self.good, line]) }
    #expect(
      error?.line == 2 && error?.reason == "has \(line.utf8.count) bytes, more than the limit of 1048576")
  }

  @Test func `expected answers lose the white space around them`() throws {
    let set = try read([#"{"image": "a.png", "prompt": "p", "answer": " 6\u00a0\n"}"#])
    #expect(set.samples.map(\.answer) == ["6"])
  }

  @Test func `the digest says which picture each question is about`() throws {
    func digest(_ third: String) throws -> String {
      try read(
        ["a", "b", third].enumerated().map {
          #"{"id": "\#($0.offset)", "image": "\#($0.element).png", "prompt": "p"}"#
        }
      )
      .digest()
    }
    #expect(try digest("a") != digest("b"))
  }

  @Test func `an answer that is missing is not one of no words`() throws {
    let digests = try [#""#, #", "answer": """#, #", "task": """#].map {
      try read([#"{"image": "a.png", "prompt": "p"\#($0)}"#]).digest()
    }
    #expect(Set(digests).count == 3)
  }

  @Test func `the digest changes with every word and every picture byte, not with the folder`() throws {
    let lines = [Self.good, #"{"image": "b.png", "prompt": "p"}"#]
    let digest = try read(lines).digest()
    #expect(digest.count == 64)
    #expect(try read(lines).digest() == digest)
    #expect(try read([Self.good]).digest() != digest)
    #expect(try read(lines.reversed()).digest() != digest)
    for (old, new) in [
      ("why?", "who?"), ("so", "no"), (#""t""#, #""u""#), (#""x""#, #""y""#), ("a.png", "b.png"),
    ] {
      #expect(try read([lines[0].replacing(old, with: new), lines[1]]).digest() != digest, "\(old)")
    }

    let other = try TemporaryFolder()
    try other.write([1, 2, 3], to: "a.png")
    try other.write([4, 5], to: "b.png")
    let path = try other.write(lines.joined(separator: "\n"), to: "renamed.jsonl")
    #expect(try SampleSet(contentsOf: path).digest() == digest)
    try other.write([4, 6], to: "b.png")
    #expect(try SampleSet(contentsOf: path).digest() != digest)
  }

  @Test func `a picture that vanished is an error of the digest`() throws {
    let own = try TemporaryFolder()
    let path = try own.write(Self.good, to: "set.jsonl")
    try own.write([1], to: "a.png")
    let set = try SampleSet(contentsOf: path)
    try own.remove("a.png")
    let error = #expect(throws: SampleSetError.self) { try set.digest() }
    #expect(error?.description == "\(path): picture \(own.file("a.png")) cannot be read")
  }

  @Test func `parts of a set: the first, or spread over it`() throws {
    let set = try read((0..<10).map { #"{"id": "\#($0)", "image": "a.png", "prompt": "p"}"# })
    #expect(set.first(3).samples.map(\.id) == ["0", "1", "2"])
    #expect(
      set.first(0).samples.isEmpty && set.first(nil).samples.count == 10 && set.first(99).samples.count == 10)
    #expect(set.spread(5).samples.map(\.id) == ["0", "2", "4", "6", "8"])
    #expect(set.spread(3).samples.map(\.id) == ["0", "3", "6"])
    #expect(set.spread(nil).samples.count == 10 && set.spread(10).samples.count == 10)
  }

  private func read(_ lines: [String]) throws -> SampleSet {
    try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "set.jsonl"))
  }
}

import Evaluation
import Foundation
import Inference
import Models
import Plan
import Testing
import TestSupport

/// The forms in which people have sets, and what is done with damaged pictures.
@Suite(.endsWithin(minutes: 1)) struct SetFormTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<3 { try folder.write(TinyPicture.png(seed: UInt64(index)), to: "\(index).png") }
  }

  @Test func `conversations give their first question and answer`() throws {
    let set = try SampleSet(
      contentsOf: folder.write(
        """
        [{"id": "a", "image": "0.png", "conversations": [
            {"from": "human", "value": "<image>\\nWhat is it?"}, {"from": "gpt", "value": " A cat. "},
            {"from": "human", "value": "Sure?"}, {"from": "gpt", "value": "Yes."}]},
         {"id": "text", "conversations": [{"from": "human", "value": "Hello"}]},
         {"image": "1.png", "conversations": [{"from": "user", "value": "And this?\\n<image>"}]}]
        """, to: "set.json"))
    #expect(set.samples.map(\.id) == ["a", "entry 3"])
    #expect(set.samples.map(\.prompt) == ["What is it?", "And this?"])
    #expect(set.samples.map(\.answer) == ["A cat.", nil])
    #expect(set.samples.map { $0.images.count } == [1, 1])
    #expect(set.samples.map(\.line) == [1, 5])
    #expect(set.leftOut.summary == "left out: 1 entry without a picture")
  }

  @Test(arguments: [
    #""image": ["0.png"]"#, #""images": ["0.png"]"#, #""images": "0.png""#,
    #""image": "0.png", "images": null"#,
  ])
  func `a list of one picture is as good as a picture`(picture: String) throws {
    let text = #"[{"id": 7, \#(picture), "conversations": [{"from": "human", "value": "<image>\nWhat?"}]}]"#
    let set = try SampleSet(contentsOf: folder.write(text, to: "set.json"))
    #expect(set.samples.map(\.images) == [[folder.file("0.png")]] && set.samples.map(\.id) == ["7"])
    #expect(set.samples.map(\.prompt) == ["What?"] && set.leftOut.summary == nil)
  }

  @Test func `a conversation about several pictures keeps their places`() throws {
    let text =
      #"[{"image": ["0.png", "1.png"], "conversations": [{"from": "human", "value": "<image> or <image>? "}]}]"#
    let set = try SampleSet(contentsOf: folder.write(text, to: "set.json"))
    #expect(set.samples.map(\.prompt) == ["<image> or <image>?"] && set.samples[0].images.count == 2)
  }

  @Test(
    arguments: [
      ("[", "line 1: is not valid JSON: the list does not end"),
      ("[{}\n", "line 1: is not valid JSON: the list does not end"),
      ("[{}\n,]", "line 2: is not valid JSON: an element is missing at a comma"),
      ("[{}\n] {}", "line 2: is not valid JSON: something follows the list"),
      ("[{}\n,\n{\"a\": tru}]", "line 3: is not valid JSON: has an unknown word"),
      ("[1]", "entry 1: is not a JSON object"), ("[]", "has no samples"),
      ("[{}, {}]", "has no samples (left out: 2 entries without a picture)"),
      (#"[{"image": 1}]"#, "entry 1: 'image' is neither text nor a list"),
      (
        #"[{"image": "0.png", "conversations": [{"from": "human"}]}]"#,
        "entry 1: 'conversations' has a turn without 'from' or 'value'"
      ),
      (#"[{"image": "0.png"}]"#, "entry 1: has no list 'conversations'"),
      (#"[{"image": "0.png", "conversations": []}]"#, "entry 1: has no question"),
      (
        #"[{"image": "0.png", "conversations": [{"from": "human", "value": "<image>"}]}]"#,
        "entry 1: has no question"
      ),
      (
        #"[{"image": "no.png", "conversations": [{"from": "human", "value": "a"}]}]"#,
        "entry 1: picture no.png is not there"
      ),
    ])
  func `conversations that cannot be used say where and why`(text: String, reason: String) throws {
    let path = try folder.write(text, to: "set.json")
    let error = #expect(throws: SampleSetError.self) { try SampleSet(contentsOf: path) }
    #expect(error?.description == "\(path): \(reason)")
  }

  @Test func `a folder's pictures are all asked the same, in the order of their names`() throws {
    try folder.write("no picture", to: "notes.txt")
    try folder.write("no picture", to: "a.tiff")
    try folder.write("", to: ".hidden.png")
    try FileManager.default.createDirectory(
      atPath: folder.file("more.png"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: folder.file("0.png"), toPath: folder.file("3.JPE"))
    try FileManager.default.copyItem(atPath: folder.file("0.png"), toPath: folder.file("4.jfif"))
    let set = try SampleSet(contentsOf: folder.path, prompt: "Describe.")
    #expect(set.samples.map(\.id) == ["0.png", "1.png", "2.png", "3.JPE", "4.jfif"])
    #expect(set.leftOut.summary == "left out: 2 files of other kinds, 1 hidden file, 1 folder")
    #expect(try set.decodable().samples.count == 5)
    #expect(set.samples.allSatisfy { $0.prompt == "Describe." && $0.answer == nil })
    #expect(throws: SampleSetError.self) { try SampleSet(contentsOf: folder.path) }
    let lines = try folder.write(#"{"image": "0.png", "prompt": "a"}"#, to: "set.jsonl")
    #expect(throws: SampleSetError.self) { try SampleSet(contentsOf: lines, prompt: "b") }
  }

  @Test func `a seed gives one order, another seed another`() throws {
    let set = try lines((0..<40).map { $0 % 3 })
    let orders = [1, 1, 2].map { set.shuffled(seed: $0).samples.map(\.id) }
    #expect(orders[0] == orders[1] && orders[0] != orders[2])
    #expect(orders[0].sorted() == set.samples.map(\.id).sorted())
  }

  @Test func `a damaged picture is an error with its line, or reported and left out`() throws {
    try folder.write("no picture at all", to: "1.png")
    let set = try lines([0, 1, 2, 1])
    let error = #expect(throws: SampleSetError.self) { try set.decodable() }
    #expect(error?.line == 2 && error?.reason.contains("1.png") ?? false)
    var reports: [Int?] = []
    let rest = try set.decodable { reports.append($0.line) }
    #expect(rest.samples.map(\.id) == ["s0", "s2"] && reports == [2, 4])
    #expect(throws: SampleSetError.self) { try lines([1]).decodable { _ in } }
  }

  @Test func `a prompt beyond the context is an error with its line, or reported and left out`() throws {
    let context = try TinyContext.open(in: folder)
    let limit = context.model.text.contextLength
    // Frame, picture and words: a token a byte.
    let fixed = try context.model.layout(prompt: "x", images: 1).parts.count - 1 - 1 + 16
    let lines = [limit - fixed, limit - fixed + 1, 1].map {
      #"{"image": "0.png", "prompt": "\#(String(repeating: "x", count: $0))"}"#
    }
    let set = try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "set.jsonl"))
    let error = #expect(throws: SampleSetError.self) { try set.fitting(context) }
    #expect(
      error?.line == 2 && error?.reason == "the prompt has \(limit + 1) tokens; the model takes \(limit)")
    var reports: [Int?] = []
    let rest = try set.fitting(context) { reports.append($0.line) }
    #expect(rest.samples.map(\.line) == [1, 3] && reports == [2])
    // What the check counts is what the engine counts.
    #expect(try SampleRunner(context).prompt(rest.samples[0]).rows.count == limit)
    try folder.write("no picture", to: "0.png")
    #expect(throws: SampleSetError.self) { try set.fitting(context) { _ in } }
  }

  private func lines(_ pictures: [Int]) throws -> SampleSet {
    let lines = pictures.enumerated().map {
      #"{"id": "s\#($0.offset)", "image": "\#($0.element).png", "prompt": "what"}"#
    }
    return try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "set.jsonl"))
  }
}

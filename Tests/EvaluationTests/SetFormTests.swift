import Evaluation
import Foundation
import TestSupport
import Testing

/// The forms in which people have sets, and what is done with damaged pictures.
@Suite struct SetFormTests {
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
  }

  @Test(
    arguments: [
      ("[", "is not a JSON array"), ("[1]", "entry 1: is not an object"), ("[]", "has no samples"),
      (#"[{"image": 1}]"#, "entry 1: 'image' is not text"),
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
    let set = try SampleSet(contentsOf: folder.path, prompt: "Describe.")
    #expect(set.samples.map(\.id) == ["0.png", "1.png", "2.png"])
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

  private func lines(_ pictures: [Int]) throws -> SampleSet {
    let lines = pictures.enumerated().map {
      #"{"id": "s\#($0.offset)", "image": "\#($0.element).png", "prompt": "what"}"#
    }
    return try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "set.jsonl"))
  }
}

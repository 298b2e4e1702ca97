@testable import Checkpoints
import Foundation
import JSONReading
import TestSupport
import Testing

/// What Jinja2 prints for templates drawn by seed: Tests/Golden/jinja/make_golden.py.
private struct Drawn: Decodable {
  struct Entry: Decodable, CustomTestStringConvertible {
    var template: String
    /// `nil` where Jinja2 refuses it.
    var printed: String?
    var testDescription: String { template }
  }

  var templates: [Entry]

  static let data: Data? = FileManager.default.contents(
    atPath: "\(repository)/Tests/Golden/jinja/golden.json")
  static let all: [Entry] = data.flatMap { try? JSONDecoder().decode(Drawn.self, from: $0).templates } ?? []

  /// Read by the importer's own parser, which keeps the order of members.
  static let variables: [String: Jinja.Value] = {
    guard let data, case .object(let golden)? = try? JSONParser.parse(Array(data), allowingNonFinite: true),
      case .object(let variables)? = golden["variables"]
    else { return [:] }
    return Dictionary(variables.members.map { ($0.name, Jinja.Value($0.value)) }, uniquingKeysWith: { $1 })
  }()
}

extension Jinja.Value {
  fileprivate init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(value)
    case .real(let value): self = .real(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .list(Jinja.List(values.map { Self($0) }))
    case .object(let object):
      self = .dict(Jinja.Mapping(object.members.map { ($0.name, Self($0.value)) }))
    }
  }
}

@Suite(.endsWithin(minutes: 1)) struct DrawnJinjaTemplates {
  @Test(arguments: Drawn.all)
  fileprivate func printWhatJinja2PrintsOrAreRefusedByName(entry: Drawn.Entry) throws {
    do throws(Jinja.Failure) {
      let own = try Jinja.render(entry.template, Drawn.variables)
      #expect(own == entry.printed, "\(String(reflecting: own)) for \(String(reflecting: entry.printed))")
    } catch {
      #expect(entry.printed == nil || error.reason.hasSuffix("is not supported"), "\(error.reason)")
    }
  }

  @Test func areSeldomRefused() {
    let refused = Drawn.all.filter {
      $0.printed != nil && (try? Jinja.render($0.template, Drawn.variables)) == nil
    }
    #expect(Drawn.all.count >= 800)
    #expect(refused.count * 20 < Drawn.all.count, "\(refused.map(\.template))")
  }
}

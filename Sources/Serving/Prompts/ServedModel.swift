public import Espalier

/// The model that is served, under its name, and what requests may ask of it.
public struct ServedModel: Sendable {
  /// What answers.
  public let model: Model
  /// The name that clients know it by.
  public let name: String
  /// The point of requests that name none.
  public let defaultPoint: String
  /// Where pictures come from.
  public let pictures: PictureSource
  /// When it began to be served, in seconds since 1970.
  public let created: Int
  /// Most answers of a request.
  public let maxAnswers: Int

  let grammars = CompiledGrammars()

  /// Serves a model under a name.
  public init(
    _ model: Model, name: String, defaultPoint: String = "dense", pictures: PictureSource = PictureSource(),
    created: Int, maxAnswers: Int
  ) {
    self.model = model
    self.name = name
    self.defaultPoint = defaultPoint
    self.pictures = pictures
    self.created = created
    self.maxAnswers = maxAnswers
  }

  /// The names that clients may ask for: the model's alone, and with each operating point.
  var names: [String] { [name] + model.points.map { "\(name)@\($0)" } }

  /// The point that a request asks for: behind `@` in the model's name, by a time, in a header, or none.
  ///
  /// `name` may be the model's, `default`, or nothing.
  func point(
    model name: String?, header: String?, within milliseconds: Double?, field: String = "model"
  ) throws(RequestError) -> String {
    var asked = header
    if let name {
      let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let base = Self.withoutTag(parts[0])
      guard base == self.name || base == "default" || base.isEmpty else {
        throw RequestError(
          404, "the model '\(name.prefix(64))' is not served here; '\(self.name)' is", field: field,
          code: "model_not_found")
      }
      if parts.count > 1 {
        let point = Self.withoutTag(parts[1])
        if let asked, asked != point {
          throw .invalid(field, "names another operating point than the header")
        }
        asked = point
      }
    }
    if let milliseconds {
      guard asked == nil else { throw .invalid("max_first_token_ms", "excludes an operating point by name") }
      do { return try model.point(firstTokenWithin: milliseconds / 1000) } catch {
        throw .invalid("max_first_token_ms", "cannot be met: \(error.description)")
      }
    }
    guard let asked else { return defaultPoint }
    guard model.points.contains(asked) else {
      throw RequestError(
        404,
        "there is no operating point '\(asked.prefix(64))'; there are \(model.points.joined(separator: ", "))",
        field: field, code: "model_not_found")
    }
    return asked
  }

  /// Ollama's clients put a tag behind a name that has none.
  private static func withoutTag(_ name: String) -> String {
    let tag = ":latest"
    return name.hasSuffix(tag) ? String(name.dropLast(tag.count)) : name
  }
}

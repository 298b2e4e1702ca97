import Espalier
public import Figures

extension ServedModel {
  /// Tokens of the text of a request to tokenize, in llama.cpp's form.
  public func tokenize(_ body: [UInt8]) throws(RequestError) -> Figures.JSON {
    var fields = try Fields.document(body)
    let text = try fields.required("content", fields.string("content"))
    let withPieces = try fields.bool("with_pieces") ?? false
    if try fields.bool("add_special") == true {
      throw .unsupported("add_special", "is true; a text by itself has no control tokens")
    }
    fields.skip("parse_special", "model")
    try fields.end()
    let tokens: [Int32]
    do { tokens = try model.tokens(of: text) } catch {
      throw .invalid("content", "cannot be tokenized: \(error)")
    }
    guard withPieces else { return .object(["tokens": .integers(tokens)]) }
    let pieces = tokens.map { token in
      Figures.JSON.object([
        "id": .integer(Int(token)),
        "piece": .string(String(decoding: model.bytes(ofToken: token), as: UTF8.self)),
      ])
    }
    return .object(["tokens": .array(pieces)])
  }

  /// The name of the model that a request is about, which has to be this one.
  public func name(in body: [UInt8]) throws(RequestError) -> String {
    var fields = try Fields.document(body)
    let newer = try fields.string("model")
    let older = try fields.string("name")
    fields.skip("verbose", "system", "template", "options")
    let name = try fields.required("model", newer ?? older)
    _ = try point(model: name, header: nil, within: nil)
    try fields.end()
    return name
  }
}

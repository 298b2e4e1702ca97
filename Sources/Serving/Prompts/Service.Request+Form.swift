import Espalier

extension Service.Request {
  /// Has answers of a form; what is wrong with a schema or a grammar is an error of the request.
  mutating func constrain(_ form: OutputForm) throws(RequestError) {
    switch form {
    case .free: break
    case .jsonObject, .schema, .grammar, .tools: break
    }
  }
}

/// The methods of each address, so that a wrong method is told from a wrong address.
struct RouteTable: Sendable {
  private var methods: [String: [String]] = [:]

  mutating func add(_ method: String, _ path: String) { methods[path, default: []].append(method) }

  func methods(of path: String) -> [String] {
    if let found = methods[path] { return found }
    return path.hasPrefix("/v1/models/") ? ["GET"] : []
  }
}

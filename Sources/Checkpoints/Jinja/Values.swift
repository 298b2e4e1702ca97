extension Jinja {
  /// Evaluated arguments.
  struct Values {
    var positional: [Value] = []
    /// In the order they were given in, each name once.
    var named: [(name: String, value: Value)] = []

    subscript(index: Int) -> Value? { positional.indices.contains(index) ? positional[index] : nil }

    subscript(name name: String) -> Value? { named.first { $0.name == name }?.value }
  }

  /// Names of Python's methods, which an attribute of that name would be.
  enum Methods {
    static let ofMappings: Set<String> = [
      "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
    ]
    /// Those of text and lists.
    static let others: Set<String> = [
      "append", "capitalize", "casefold", "center", "clear", "copy", "count", "encode", "endswith",
      "expandtabs",
      "extend", "find", "format", "format_map", "index", "insert", "isalnum", "isalpha", "isascii",
      "isdecimal",
      "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
      "join",
      "ljust", "lower", "lstrip", "maketrans", "partition", "pop", "remove", "removeprefix", "removesuffix",
      "replace", "reverse", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "sort", "split",
      "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
    ]
  }
}

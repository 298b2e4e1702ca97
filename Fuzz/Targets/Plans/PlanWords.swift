/// Texts that mean something somewhere in a plan, or are hard to bear.
enum PlanWords {
  static let characters = ["▁", " ", "a", "é", "\u{1F642}", "\u{301}"]

  static let patterns = [
    #"\p{L}+|\s+"#, "(a+)+$", "(a|a)*b", "(.*)*x", "(?=a)", "a*", "", #"\b"#, "(?:a?){64}a{64}", #"(?<=b)a"#,
    #"(?i)ab|\p{N}{1,3}"#, #"\K"#, #"(a)\1"#, "(?R)?a", "[^\\r\\n\\p{L}]?\\p{Lu}*", ".", "(?s).", "^", "$",
    "x{0}",
    "((a*)*)*", #"\X"#, "(?>a+)b", "a{1,1000}", "(a{0,50}){0,50}", "[", "(?C1)a", "(*FAIL)",
    "(*LIMIT_MATCH=1)a",
  ]

  static let texts =
    [
      "", " ", "a", "b", "ab", "<image>", "<end>", "▁", "é", "e\u{301}", "\u{FDFA}", "\u{1F642}\u{200D}",
      "\n", "\u{202E}",
    ]
    + ["{row}", "{column}{row", "}{", String(repeating: "a", count: 256), String(repeating: "é", count: 700)]
    + [String(repeating: "{row}", count: 200), "<0x41>", "<0xFF>", "0", "-1", "user\n", "<b>&\"'"]

  /// Words of the format itself, each of which fits somewhere and is wrong elsewhere.
  static let format = [
    "normalize", "split", "decode", "prepend", "replace", "replace_expression", "normal_form", "strip",
    "lowercase",
    "split_expression", "digits", "punctuation", "words", "white_space", "prefix_space", "metaspace",
    "byte_level",
    "byte_fallback", "fuse", "join", "nfc", "nfd", "nfkc", "nfkd", "isolated", "removed",
    "merged_with_previous",
    "merged_with_next", "contiguous", "always", "first", "never", "only", "middle", "last", "opening",
    "closing",
    "image_image", "image_text", "text_image", "text_text", "literal", "special", "leading", "system",
    "reply",
    "none", "left", "right", "both", "single", "any_resolution", "canvas", "native", "tiles_then_overview",
    "overview_then_canvas", "nearest", "box", "bilinear", "hamming", "bicubic", "lanczos", "paper",
    "sinkhorn",
    "semi_relaxed", "inverted", "random", "stride", "l2norm", "inverse_l2norm", "fastv", "pooling",
    "divprune", "dart",
    "cdpruner", "probed", "static", "dynamic", "last_row", "window", "answer_profile", "staggered", "even",
    "f32",
    "bf16", "int8", "int4", "silu", "gelu", "gelu_tanh", "quick_gelu", "layer_norm", "rms_norm", "learned",
    "rotary",
    "characters", "optional", "index", "measured", "espalier.plan", "dense",
  ]

  static func any(_ script: inout ByteReader) -> String {
    switch script.byte() % 8 {
    case 0, 1, 2: script.element(format)
    case 3, 4: script.element(texts)
    case 5: script.element(patterns)
    case 6: String(decoding: script.bytes(Int(script.byte() % 40)).filter { $0 != 0 }, as: UTF8.self)
    default:
      String(
        String(repeating: script.element(texts + characters), count: script.element([2, 16, 64, 1500]))
          .prefix(20_000))
    }
  }
}

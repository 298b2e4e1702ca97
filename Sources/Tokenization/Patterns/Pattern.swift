import CPCRE2

/// A compiled split pattern.
///
/// Unsafe pointers to PCRE2 objects live here and nowhere else. The compiled code is written once, in `init`, and
/// only read afterwards, which PCRE2 allows from any number of threads; everything a match writes to belongs to
/// that one call. Hence the class is Sendable.
final class Pattern: @unchecked Sendable {
  private let code: OpaquePointer

  /// A line ends with a line feed, however the library was built.
  private static let prefix = "(*LF)"
  /// Backtracking steps allowed at least, and for each byte of a longer subject: enough for honest patterns,
  /// an end to those that would never finish.
  private static let leastSteps = 1_000_000
  private static let stepsPerByte = 100
  /// Memory for backtracking in KiB.
  private static let heapLimit: UInt32 = 64 << 10
  /// Bytes of a pattern.
  private static let sizeLimit = 4096

  init(_ source: String) throws(TokenizationError) {
    guard source.utf8.count <= Self.sizeLimit else {
      throw .invalidPattern(reason: "it is longer than \(Self.sizeLimit) bytes", offset: Self.sizeLimit)
    }
    let pattern = Array((Self.prefix + (try PatternDialect.translated(source))).utf8)
    // \C would match within a character.
    let options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE
    var status: CInt = 0
    var offset = 0
    guard let code = pcre2_compile_8(pattern, pattern.count, options, &status, &offset, nil) else {
      throw .invalidPattern(reason: Self.message(status), offset: max(0, offset - Self.prefix.utf8.count))
    }
    self.code = code
    // Without a just-in-time compiler the interpreter is used.
    _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
  }

  deinit { pcre2_code_free_8(code) }

  /// Matches and what is between them, in order, together the whole of `text`, which is valid UTF-8.
  ///
  /// A match may be empty, unless it touches the end of the one before.
  func segments(
    of text: ArraySlice<UInt8>, _ budget: inout MatchBudget
  ) throws(TokenizationError) -> [Segment] {
    guard let data = pcre2_match_data_create_8(1, nil), let context = pcre2_match_context_create_8(nil) else {
      throw .matchFailed(reason: "out of memory")
    }
    defer {
      pcre2_match_data_free_8(data)
      pcre2_match_context_free_8(context)
    }
    let steps = max(
      Self.leastSteps, text.count.multipliedReportingOverflow(by: Self.stepsPerByte).partialValue)
    pcre2_set_match_limit_8(context, UInt32(clamping: steps))
    pcre2_set_depth_limit_8(context, UInt32(clamping: steps))
    pcre2_set_heap_limit_8(context, Self.heapLimit)

    var segments: [Segment] = []
    func add(_ start: Int, _ end: Int, isMatch: Bool) {
      segments.append(Segment(range: text.startIndex + start..<text.startIndex + end, isMatch: isMatch))
    }
    var end = 0  // of the last segment
    var position = 0
    var matchedBefore = false
    let status = text.withUnsafeBufferPointer { subject in
      while position <= subject.count {
        guard budget.allowsMatch() else { return PCRE2_ERROR_MATCHLIMIT }
        let status = match(subject, from: position, data, context)
        if status == PCRE2_ERROR_NOMATCH { return CInt(0) }
        guard status >= 0, let bounds = pcre2_get_ovector_pointer_8(data) else { return status }
        let found = (start: bounds[0], end: bounds[1])
        // \K may move a match out of order.
        guard found.start >= end, found.end >= found.start, found.end <= subject.count,
          found.end > found.start || !matchedBefore || found.end != end
        else {
          position = Self.nextCharacter(in: subject, after: position)
          continue
        }
        if found.start > end { add(end, found.start, isMatch: false) }
        add(found.start, found.end, isMatch: true)
        (end, position, matchedBefore) = (found.end, found.end, true)
      }
      return 0
    }
    guard status == 0 else { throw .matchFailed(reason: Self.message(status)) }
    if end < text.count { add(end, text.count, isMatch: false) }
    return segments
  }

  /// The first match at or after `position`; `bounds[1] <= count` of it are offsets into `subject`.
  private func match(
    _ subject: UnsafeBufferPointer<UInt8>, from position: Int, _ data: OpaquePointer, _ context: OpaquePointer
  ) -> CInt {
    // Checking UTF-8 in each call would make the whole quadratic.
    let options = PCRE2_NO_UTF_CHECK
    let start = subject.baseAddress
    let status = pcre2_match_8(code, start, subject.count, position, options, data, context)
    // Compiled code has a small stack of its own; the interpreter takes from the heap.
    guard status == PCRE2_ERROR_JIT_STACKLIMIT else { return status }
    return pcre2_match_8(code, start, subject.count, position, options | PCRE2_NO_JIT, data, context)
  }

  private static func nextCharacter(in subject: UnsafeBufferPointer<UInt8>, after position: Int) -> Int {
    var next = position + 1
    while next < subject.count && subject[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  private static func message(_ status: CInt) -> String {
    var text = [UInt8](repeating: 0, count: 160)
    let length = pcre2_get_error_message_8(status, &text, text.count)
    return length > 0 ? String(decoding: text.prefix(Int(length)), as: UTF8.self) : "error \(status)"
  }
}

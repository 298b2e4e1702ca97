public import CEspalier
import Espalier

/// An answer as callers in C hold it, with its texts.
final class AnswerHandle: Handle {
  let answer: Answer
  let text: ForeignText
  let finish: ForeignText
  let tokens: UnsafeMutableBufferPointer<Int32>

  init(_ answer: Answer) {
    self.answer = answer
    text = ForeignText(answer.text)
    finish = ForeignText(answer.finishReason.rawValue)
    tokens = .allocate(capacity: answer.tokens.count)
    _ = tokens.initialize(from: answer.tokens)
  }

  deinit { tokens.deallocate() }

  /// Figures of the run.
  var figures: espalier_figures {
    let times = answer.times
    return espalier_figures(
      prompt_tokens: answer.promptTokens, visual_tokens: answer.visualTokens.prompt,
      visual_kept: answer.visualTokens.kept, known_pictures: answer.knownPictures,
      cache_bytes: answer.cacheBytes, image: times.image.inSeconds, vision: times.vision.inSeconds,
      prefill: times.prefill.inSeconds, first_token: times.firstToken.inSeconds,
      decode: times.decode.inSeconds)
  }
}

/// Answers a prompt. See `espalier.h`.
@c @implementation public func espalier_ask(
  _ dialogue: OpaquePointer!, _ prompt: UnsafePointer<CChar>!, _ options: UnsafePointer<espalier_options>!,
  _ on_text: espalier_on_text!, _ user: UnsafeMutableRawPointer!, _ cancellation: OpaquePointer!,
  _ answer: UnsafeMutablePointer<OpaquePointer?>!,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>!
) -> espalier_status {
  Status.of(message) {
    guard let handle = DialogueHandle.at(dialogue) else { throw Misuse.missing("dialogue") }
    guard let answer else { throw Misuse.missing("answer") }
    let made = try handle.dialogue.answer(
      try text(prompt, "prompt"), try options.map { try AnswerOptions($0) } ?? AnswerOptions(),
      cancellation: CancellationHandle.at(cancellation)?.cancellation ?? Cancellation()
    ) { piece in
      guard let on_text else { return }
      var piece = piece
      let wantsMore = piece.withUTF8 { bytes in
        // With a zero behind it, which the piece itself has not.
        (Array(bytes) + [0]).withUnsafeBytes { ended in
          on_text(ended.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, user) == 0
        }
      }
      if !wantsMore { throw EnoughText() }
    }
    answer.pointee = AnswerHandle(made).retained()
  }
}

/// Gives back an answer. See `espalier.h`.
@c @implementation public func espalier_answer_free(_ answer: OpaquePointer!) { AnswerHandle.free(answer) }

/// The text of an answer. See `espalier.h`.
@c @implementation public func espalier_answer_text(_ answer: OpaquePointer!) -> UnsafePointer<CChar>! {
  AnswerHandle.at(answer)?.text.pointer
}

/// Token ids of an answer. See `espalier.h`.
@c @implementation public func espalier_answer_tokens(
  _ answer: OpaquePointer!, _ count: UnsafeMutablePointer<Int>!
) -> UnsafePointer<Int32>! {
  let tokens = AnswerHandle.at(answer)?.tokens
  count?.pointee = tokens?.count ?? 0
  return UnsafePointer(tokens?.baseAddress)
}

/// Why an answer ended. See `espalier.h`.
@c @implementation public func espalier_answer_finish(_ answer: OpaquePointer!) -> UnsafePointer<CChar>! {
  AnswerHandle.at(answer)?.finish.pointer
}

/// Figures of the run. See `espalier.h`.
@c @implementation public func espalier_answer_figures(
  _ answer: OpaquePointer!, _ figures: UnsafeMutablePointer<espalier_figures>!, _ size: Int
) {
  guard let answer = AnswerHandle.at(answer), let figures, size > 0 else { return }
  withUnsafeBytes(of: answer.figures) { source in
    UnsafeMutableRawBufferPointer(start: figures, count: min(size, source.count))
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(size)))
  }
}

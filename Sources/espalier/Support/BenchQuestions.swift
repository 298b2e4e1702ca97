import Inference
import Tokenization

/// The questions of a bench: one as it is, or repeated until its prompt has so many tokens.
struct BenchQuestions {
  private let context: Context
  private let images: [String]
  private let prompt: String
  private let tokens: Int

  /// Questions about pictures, whose answers have so many tokens.
  init(_ context: Context, images: [String], prompt: String, tokens: Int) {
    (self.context, self.images, self.prompt, self.tokens) = (context, images, prompt, tokens)
  }

  /// Questions of some sizes, or the one as it is; one that the model cannot take is an error before any work.
  func questions(sizes: [Int]) throws -> [(size: Int?, question: Question)] {
    // A prompt of few tokens says how many the pictures have.
    let layout = try context.model.layout(prompt: prompt, images: images.count)
    let arrangements = try images.map {
      try context.model.arrangement(of: context.model.prepareImage(at: $0, among: images.count))
    }
    let visual = context.model.count(layout, arrangements) - layout.parts.count
    try context.model.checkLength(layout.parts.count + visual)
    if sizes.isEmpty { return [(nil, question(prompt))] }
    for size in sizes { try context.model.checkLength(size + visual) }
    return try sizes.map { size in
      let text = try text(of: size)
      try context.model.checkLength(try count(text) + visual)
      return (size, question(text))
    }
  }

  private func question(_ prompt: String) -> Question {
    var question = Question(images: images.map { .file($0) }, prompt: prompt)
    question.options.maxTokens = tokens
    return question
  }

  private func count(_ text: String) throws -> Int {
    try context.model.layout(prompt: text, images: images.count).parts.count
  }

  /// The prompt as often as it takes. Tokens of one repetition more are measured, not assumed, and a few steps are enough.
  private func text(of size: Int) throws -> String {
    var repetitions = 1
    var known = try count(prompt)
    let step = try count(repeated(2)) - known
    guard known >= size || step > 0 else {
      throw ExecutionError("--prompt: repeating it adds no token: the chat template of the model trims it")
    }
    while known < size {
      repetitions += max(1, (size - known) / step)
      let longer = try count(repeated(repetitions))
      guard longer > known else {
        throw ExecutionError("--prompt: repeating it \(repetitions) times gives no more than \(known) tokens")
      }
      known = longer
    }
    return repeated(repetitions)
  }

  private func repeated(_ count: Int) -> String {
    Array(repeating: prompt, count: count).joined(separator: " ")
  }
}

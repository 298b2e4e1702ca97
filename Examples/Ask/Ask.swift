import Espalier

/// Asks one question about some pictures: `ask PLAN "PROMPT" PICTURE ...`
@main
struct Ask {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    guard let plan = words.first, let prompt = words.dropFirst().first else {
      return print("usage: ask <plan> <prompt> [<picture> ...]")
    }
    let model = try Model(contentsOf: plan)
    let point = model.points.contains("balanced") ? "balanced" : "dense"
    let dialogue = try Dialogue(
      Context(model), about: words.dropFirst(2).map { .file($0) }, at: point)
    let answer = try dialogue.answer(prompt) { print($0, terminator: "") }
    print("\n(\(point): first token after \(answer.times.firstToken), \(answer.tokens.count) tokens)")
  }
}

public import Espalier

/// The figures of a service in Prometheus' text form.
public struct MetricsText {
  private var lines: [String] = []

  /// The figures, with what the program counts itself: replies by status, and resident bytes.
  public init(_ figures: Service.Figures, replies: [Int: Int], residentBytes: Int, version: String) {
    add("espalier_build_info", "Version of the program.", "gauge", [("{version=\"\(version)\"}", 1)])
    add(
      "espalier_requests_total", "Requests by what became of them.", "counter",
      [
        ("{outcome=\"answered\"}", Double(figures.answered)),
        ("{outcome=\"failed\"}", Double(figures.failed)),
        ("{outcome=\"refused\"}", Double(figures.refused)),
      ])
    add(
      "espalier_http_replies_total", "Replies by their status.", "counter",
      replies.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", Double($0.value)) })
    add("espalier_requests_waiting", "Requests that wait.", "gauge", [("", Double(figures.waiting))])
    add("espalier_answers_running", "Answers that decode.", "gauge", [("", Double(figures.running))])
    add("espalier_prompt_tokens_total", "Tokens of prompts.", "counter", [("", Double(figures.promptTokens))])
    add(
      "espalier_prompt_tokens_known_total", "Tokens of prompts that were not read again.", "counter",
      [("", Double(figures.knownTokens))])
    add("espalier_answer_tokens_total", "Tokens of answers.", "counter", [("", Double(figures.answerTokens))])
    add(
      "espalier_decode_steps_total", "Passes over the weights, each for all answers that run.", "counter",
      [("", Double(figures.steps))])
    add("espalier_pictures_total", "Pictures of prompts.", "counter", [("", Double(figures.pictures))])
    add(
      "espalier_pictures_known_total", "Pictures that the vision tower did not run for.", "counter",
      [("", Double(figures.knownPictures))])
    add(
      "espalier_stage_seconds_total", "Seconds by stage.", "counter",
      [
        ("{stage=\"queue\"}", figures.queue), ("{stage=\"image\"}", figures.image),
        ("{stage=\"vision\"}", figures.vision), ("{stage=\"prefill\"}", figures.prefill),
        ("{stage=\"decode\"}", figures.decode),
      ])
    add(
      "espalier_cache_bytes", "Bytes of what is kept.", "gauge",
      [
        ("{cache=\"prompts\"}", Double(figures.promptCacheBytes)),
        ("{cache=\"pictures\"}", Double(figures.pictureCacheBytes)),
      ])
    add("espalier_resident_bytes", "Memory of the process.", "gauge", [("", Double(residentBytes))])
  }

  /// The text.
  public var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func add(
    _ name: String, _ help: String, _ type: String, _ samples: [(labels: String, value: Double)]
  ) {
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
    for (labels, value) in samples {
      let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
      lines.append("\(name)\(labels) \(number)")
    }
  }
}

import Espalier
import Serving

extension RequestError {
  /// An error of the model or of the service, with the status that it has for a client.
  init(_ error: EspalierError, _ service: Service) {
    switch error.kind {
    case .image: self.init(400, error.description, field: "messages", code: "invalid_image")
    case .prompt:
      self.init(
        400, error.description, field: "messages",
        code: error.description.contains("the model takes") ? "context_length_exceeded" : "invalid_value")
    case .settings: self.init(400, error.description, code: "invalid_value")
    case .busy:
      self.init(429, "the server is busy: \(error.description)", code: "rate_limit_exceeded")
      retryAfter = service.figures.secondsToWait(parallel: service.options.parallel)
    case .late: self.init(504, error.description, code: "timeout")
    case .cancelled: self.init(503, "the request was given up", code: "cancelled")
    case .plan: self.init(500, "the plan cannot answer", code: "plan_error")
    }
  }
}

extension Service.Figures {
  /// About how long those take that wait now.
  fileprivate func secondsToWait(parallel: Int) -> Int {
    let mean = answered > 0 ? (image + vision + prefill + decode) / Double(answered) : 1
    return max(1, min(60, Int((mean * Double(waiting) / Double(parallel)).rounded(.up))))
  }
}

import ArgumentParser
import Compute
import HDF5
import Inference
import Models
import Output
import Plan
import PlanFile

/// Writes what happened inside a prefill.
struct Trace: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write token ids, pixel values, logits and hidden states of a prompt to an HDF5 file.")

  @Argument(help: "Plan to run.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(
    parsing: .unconditionalSingleValue, help: "Picture; may be repeated.",
    completion: .file(extensions: ["jpg", "jpeg", "png", "webp", "gif", "bmp"]))
  var image: [String]

  @OptionGroup var words: ConversationArguments

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "File to write.",
    completion: .file(extensions: ["h5"]))
  var output: String

  @Option(parsing: .unconditional, help: "Operating point.")
  var point = "dense"

  @Flag(help: "Write the residual stream before each layer and after the last as well.")
  var hiddenStates = false

  @OptionGroup var engine: EngineOptions

  func run() throws {
    try AtomicFile.check(output, inputs: [plan] + image)
    let opened = try Plan(contentsOf: plan)
    let settings = try opened.point(named: point).settings
    let context = try engine.context(opened)
    let layout = try context.model.layout(try words.conversation, images: image.count)
    let pictures = try image.map {
      try context.model.prepareImage(at: $0, among: image.count, at: settings.picture)
    }
    try context.model.checkLength(layout, pictures, at: settings.picture)
    let features = try pictures.map { try context.encode($0, at: settings.picture) }
    let rows = try context.embed(layout, images: features)
    var recorder = HiddenStates(isRecording: hiddenStates)
    let result = try context.prefill(
      rows, schedule: try context.model.schedule(settings), observer: &recorder)
    recorder.record(result.rows.hidden)
    let logits = context.logits(of: result, rows: 0..<result.rows.count)
    let ids = context.model.inputIDs(layout, images: features)
    try write(opened, ids, pictures.map { context.model.pixelValues($0) }, logits, result, recorder)
  }

  private func write(
    _ opened: Plan, _ ids: [Int32], _ pixels: [(values: [Float], shape: [Int])], _ logits: MatrixView,
    _ result: borrowing PrefillResult,
    _ recorder: HiddenStates
  ) throws {
    let file = try TraceFile(creating: output)
    try file.write("input_ids", ids, shape: [ids.count], "token ids; an image is its token, repeated")
    // The inputs of all pictures, one after the other.
    let count = pixels.reduce(0) { $0 + $1.shape[0] }
    try file.write(
      "pixel_values", pixels.flatMap(\.values), shape: [count] + (pixels.first?.shape.dropFirst() ?? []),
      "normalised pixels of the tower's inputs, channels first")
    try file.write(
      "logits", logits.elements, shape: [logits.rows, logits.columns], "logits of the rows that were kept")
    try file.write(
      "positions", result.rows.positions.flatMap { [$0.temporal, $0.row, $0.column] },
      shape: [result.rows.count, 3], "rotary position of each row of the logits: frame, row, column")
    if hiddenStates {
      let equal = recorder.states.allSatisfy { $0.rows == recorder.states[0].rows }
      if equal {
        try file.write(
          "hidden_states", recorder.states.flatMap(\.elements),
          shape: [recorder.states.count, recorder.states[0].rows, recorder.states[0].columns],
          "residual stream before each layer and after the last")
      } else {
        // Rows that were pruned have no state: each boundary has its own length.
        for (index, state) in recorder.states.enumerated() {
          try file.write(
            "hidden_states_\(index)", state.elements, shape: [state.rows, state.columns],
            "residual stream at layer boundary \(index)")
        }
      }
    }
    try opened.checkUnchanged()
    try file.commit()
  }

  private struct HiddenStates: Observer {
    let isRecording: Bool
    var states: [MatrixView] = []

    init(isRecording: Bool) { self.isRecording = isRecording }

    mutating func willRun(layer: Int, rows: TokenRows) { record(rows.hidden) }
    mutating func record(_ hidden: MatrixView) { if isRecording { states.append(hidden.copy()) } }
  }
}

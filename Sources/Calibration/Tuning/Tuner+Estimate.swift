import Compute
public import Evaluation
import Inference
import Plan

extension Tuner {
  /// What tuning on `set` will take, by a record of the size of the one that calibration is going to find.
  public func estimate(
    _ set: SampleSet, budgets: [PointBudget] = PointBudget.standard, reporter: any ProgressReporter
  ) throws -> WorkEstimate {
    let (count, ranks) = (set.samples.count, share.ranks)
    let space = SettingsSpace(record, context.model.text)
    let settings = space.timedPlaces.map(space.settings)
    let timed = settings.spread(Self.timed)
    reporter.begin("timing parts of the tuning", total: timed.count + 1)
    let probe = try SampleProbe(
      set, context, maxTokens: options.maxTokens, title: Self.answersTitle, reporter)
    var estimate = WorkEstimate()
    estimate.add([try probe.preparation(of: count)], among: ranks)
    let seconds = try timed.map { settings in
      try reporter.advance(by: 1)
      return try RunSeconds(settings, probe)
    }
    let (picture, answer) = (Statistics.mean(seconds.map(\.picture)), Statistics.mean(seconds.map(\.timing)))
    // A search is mostly where several methods work together.
    let joint = zip(timed, seconds).filter { $0.0.used.count > 1 }.map(\.1)
    let trial = Statistics.mean((joint.isEmpty ? seconds : joint).map(\.trial))
    let jointPicture = Statistics.mean((joint.isEmpty ? seconds : joint).map(\.picture))
    /// Seconds of two stages that time settings.
    func timing(
      _ settings: Int, _ views: Int, turns: Int, _ titles: SettingsTiming.Titles
    ) -> [StageEstimate] {
      let questions = min(count, SettingsTiming.questions)
      func stage(_ title: String, _ things: Int, _ seconds: Double) -> StageEstimate {
        let runs = TimingTurns(plan: questions * things, turns: turns).total(ofSeconds: seconds)
        return StageEstimate(stage: title, seconds: Double(runs) * seconds)
      }
      return [
        stage(titles.pictures, views, picture),
        stage(titles.settings, settings, answer),
      ]
    }
    if !options.leavesTimes {
      estimate.stages += timing(settings.count, settings.map(\.picture).uniqued.count, turns: 3, .search)
    }
    let screened = min(options.screeningSamples, count)
    let runs =
      Double(options.trials * screened)
      * RunShare.search.over(screened, isExhaustive: options.isExhaustive)
    let candidates = Int(Self.candidateShare * Double(budgets.count * options.finalists))
    let views = Self.viewShare * Double(candidates)
    estimate.add(
      [
        StageEstimate(
          stage: Self.searchTitle, seconds: runs * (trial + Self.pictureShare * jointPicture)),
        StageEstimate(
          stage: Self.candidatesTitle,
          seconds: Double(count) * (Double(candidates) * trial + views * jointPicture)),
      ], among: ranks)
    if !options.leavesTimes { estimate.stages += timing(candidates, Int(views), turns: 2, .candidates) }
    estimate.sampleBytes = count * probe.preparedBytes / ranks
    reporter.end("\(timed.count) of \(settings.count) settings")
    return estimate
  }

  /// Settings that are timed.
  private static let timed = 12
  /// Settings that are measured on the whole set, as a share of as many as there might be: budgets share some.
  private static let candidateShare = 0.75
  /// Ways to look at pictures among those, as a share.
  private static let viewShare = 0.55
  /// Runs of a search whose pictures have not been looked at in this way before, as a share.
  private static let pictureShare = 0.2

  /// Seconds of what tuning does with settings and a sample.
  private struct RunSeconds {
    /// Reading and encoding the pictures.
    var picture: Double
    /// A trial of the search behind them.
    var trial: Double
    /// What is timed behind them: prefill and some steps.
    var timing: Double

    init(_ settings: PruningSettings, _ probe: SampleProbe) throws {
      let (samples, context) = (probe.samples, probe.samples.context)
      let schedule = try context.model.schedule(settings)
      func encode(_ place: Int) throws -> PromptRows {
        try SampleRunner(context).prompt(
          samples.question(place), view: PictureView(settings: settings.picture))
      }
      var prompts: [Int: PromptRows] = [:]
      picture = try probe.seconds { prompts[$0] = try encode($0) }
      let known = prompts
      func prompt(_ place: Int) throws -> PromptRows { try known[place] ?? encode(place) }
      trial = try probe.seconds { place in
        _ = try Tuner.divergence(
          of: prompt(place), schedule, from: samples.sample(place).reference, context)
      }
      timing = try probe.seconds { place in
        _ = try TimedRun(prompt(place), schedule, steps: SettingsTiming.steps, context)
      }
    }
  }
}

import Plan

/// A change of what a tokenizer does between text and tokens.
enum StepChange {
  static func apply(to tables: inout TokenizerTables, _ script: inout ByteReader) {
    switch script.byte() % 4 {
    case 0: insert(normalization(&script), into: &tables.normalization, &script)
    case 1: insert(splitting(&script), into: &tables.splitting, &script)
    case 2: insert(decoding(&script), into: &tables.decoding, &script)
    default:
      if script.byte() % 2 == 0 {
        tables.scheme = tables.scheme == .characters ? .byteLevel : .characters
        tables.decoding = tables.scheme == .byteLevel ? [.byteLevel] : [.fuse]
      }
      let index = script.index(below: max(1, tables.tokens.count))
      tables.tokens[index] = Array(script.element(PlanWords.texts).utf8)
    }
  }

  private static func insert<Step>(_ step: Step, into steps: inout [Step], _ script: inout ByteReader) {
    let place = script.index(below: steps.count + 1)
    // Some steps only show what they do when there are many.
    for _ in 0...(script.byte() % 4 == 0 ? script.byte() % 16 : 0) { steps.insert(step, at: place) }
  }

  private static func pattern(_ script: inout ByteReader) -> TextPattern {
    script.byte() % 3 == 0
      ? .literal(script.element(PlanWords.texts)) : .expression(script.element(PlanWords.patterns))
  }

  private static func normalization(_ script: inout ByteReader) -> NormalizationStep {
    switch script.byte() % 5 {
    case 0: .prepend(script.element(PlanWords.texts))
    case 1: .replace(pattern(&script), content: script.element(PlanWords.texts))
    case 2: .normalForm(script.element(NormalForm.allCases))
    case 3: .strip(left: script.byte() % 2 == 0, right: script.byte() % 2 == 0)
    default: .lowercase
    }
  }

  private static func splitting(_ script: inout ByteReader) -> SplittingStep {
    let behavior = script.element(SplitBehavior.allCases)
    return switch script.byte() % 7 {
    case 0: .split(pattern(&script), behavior, inverted: script.byte() % 2 == 0)
    case 1: .digits(individual: script.byte() % 2 == 0)
    case 2: .punctuation(behavior)
    case 3: .words
    case 4: .whiteSpace
    case 5: .prefixSpace
    default:
      .metaspace(
        replacement: script.element(PlanWords.characters), prepend: script.element(PrependScheme.allCases),
        splits: script.byte() % 2 == 0)
    }
  }

  private static func decoding(_ script: inout ByteReader) -> DecodingStep {
    switch script.byte() % 7 {
    case 0: .byteLevel
    case 1: .replace(pattern(&script), content: script.element(PlanWords.texts))
    case 2: .byteFallback
    case 3: .fuse
    case 4:
      .strip(
        script.element(PlanWords.characters), start: Int(script.byte() % 4),
        stop: script.element([0, 1, 2, 1024]))
    case 5: .metaspace(replacement: script.element(PlanWords.characters), dropsFirst: script.byte() % 2 == 0)
    default: .join(script.element(PlanWords.texts))
    }
  }
}

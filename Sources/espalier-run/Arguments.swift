import Figures
import Imaging
import Inference
import Models
import Plan
import Tokenization

/// The command line of the runtime, read without a package so that the binary stays lean.
struct Arguments {
  var plan = ""
  /// The question without its conversation and its pictures: length, sampling.
  var question = Question(images: [], prompt: "")
  /// Names of its pictures.
  var images: [String] = []
  /// Folder whose new pictures are asked about.
  var watchedFolder: String?
  var script = Script()
  var policy = DialoguePolicy.keep
  /// Name of the operating point; `nil` for dense, or for the one that `maxFirstToken` chooses.
  var point: String?
  var maxFirstToken: Double?
  /// Largest resolution, in the words of the command line.
  var resolution: String?
  /// Most pixels of a picture.
  var maxPixels: Int?
  var threads: Int?
  var cache: CachePrecision?
  /// Bytes of memory that a question may need at most.
  var maxMemory: Int?
  /// Whether weights leave memory behind their layer.
  var isLowMemory = false
  /// Folder of the features of known pictures, and the most bytes of its files.
  var pictureCache: String?
  var pictureCacheSize: Int?
  /// File of a JSON Schema, and of a grammar, that the answer has to hold.
  var jsonSchema: String?
  var grammar: String?
  var isJSON = false
  var checksWeights = false
  /// File of the public keys of which one must have signed the plan.
  var trustedKeys: String?

  /// What the command line asks for.
  enum Request {
    case run(Arguments)
    case help
    case version(isVerbose: Bool)
    case selfTest
  }

  /// Why a command line cannot be understood.
  struct UsageError: Error, CustomStringConvertible {
    let description: String
  }

  static let help = """
    USAGE: espalier-run <plan> [--image <file> ...] --prompt <text> [options]

    Answer a question, about pictures or without, from a pruning plan.

    ARGUMENTS:
      <plan>                  Plan written by 'espalier compile'.

    OPTIONS:
      --image <file>          Picture (JPEG, PNG, WebP, GIF or BMP), a pipe, or - for standard input; may be repeated.
      --prompt <text>         The question. <image> in it is the place of a picture; without any, the pictures
                              come first. Repeated: a dialogue, whose prompts are answered one after the other.
      --reply <text>          What the model said to the prompt before, which is then not answered again.
      --chat                  Then go on with a prompt from each line of stdin. A line that cannot be answered is said
                              on stderr, and the dialogue goes on; the exit code is 1 when it was the last one.
      --watch <folder>        Ask the prompt about every picture that is written or moved into this folder from now on,
                              and print an object a line with its name and the answer, or the error. Names that
                              begin with a dot are passed over.
      --multi-turn <policy>   What the next prompt of a dialogue finds of the visual entries that a point frees for
                              one: keep (all of them, in more memory), reencode (all of them, read again) or accept
                              (what is left). (default: keep)
      --system <text>         System prompt. (default: what the model's chat template has)
      --point <name>          Operating point. (default: dense)
      --max-first-token <s>   The point with the least harm that gives the first token within these seconds, by the
                              times stored in the plan; such as 2, 2s or 800ms. ('espalier retime' measures them here.)
      --resolution <limit>    Largest resolution of pictures in the terms of the model's processor, such as 448, tiles:4,
                              pixels:200000 or overview. (default: the point's)
      --max-pixels <n>        Most pixels of a picture that the model sees. (default: the point's)
      --max-pixels-decoded <n>
                              Most pixels of a picture that is decoded, which takes three bytes for each.
                              (default: 64000000)
      --max-tokens <n>        Most tokens of the answer. (default: 256)
      --temperature <t>       Divides the logits; 0 takes the likeliest token. (default: 0)
      --top-k <k>             Draw from the k likeliest tokens; 0 for all. (default: 0)
      --top-p <p>             Draw from the likeliest tokens that reach p. (default: 1)
      --min-p <p>             Draw from tokens at least p times as likely as the likeliest. (default: 0)
      --seed <n>              Seed of the draws. (default: 0)
      --json-schema <file>    Answer with JSON that holds this schema, whatever the model would say. What of it is not
                              supported is an error.
      --grammar <file>        Answer with a text of this grammar, in llama.cpp's notation (GBNF).
      --max-memory <size>     Refuse a question that may need more memory, such as 900MB or 1.5GiB, before it is begun.
                              ('espalier inspect' shows what is needed.) Pictures that are kept count, and go first.
      --low-memory            Keep the weights of two layers in memory at a time, and read the others from the file
                              again for every token: slow, but a plan may be larger than memory.
      --picture-cache <folder>
                              Keep what the vision tower made of pictures in this folder, which is created where it is
                              missing: questions about a known picture need no tower, in later runs too. It depends on
                              picture, plan, resolution and point. A file that cannot be written or read is no error.
      --picture-cache-size <size>
                              Most bytes of that folder, such as 500MB; the pictures that were not asked about for
                              longest go first. (default: 1GiB)
      --threads <n>           Threads. (default: all cores this process may use)
      --cache <f32|bf16>      Numbers of the KV cache. (default: bf16 where the weights are rounded)
      --check                 Check the digest of every weight first.
      --trusted-keys <file>   Answer only from a plan that one of these keys signed (public keys of minisign; the
                              signature is <plan>.minisig). Every digest is checked.
      --json                  Print an object with the answer and the figures of the run; in a dialogue one a line.
      --version               Show the version; with --verbose also the kernels that were chosen, and why.
      --self-test             Check this processor's kernels against plain ones, in a second.
      -h, --help              Show help information.
      --                      What follows is no option: for plans whose name begins with a dash.

    """

  static func parse(_ words: [String]) throws(UsageError) -> Request {
    var arguments = Arguments()
    var plans: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        plans += rest
        break
      }
      guard word.hasPrefix("-"), word.count > 1 else {
        plans.append(word)
        continue
      }
      let (name, attached) = split(word)
      func value() throws(UsageError) -> String {
        if let attached { return attached }
        guard let next = rest.popFirst() else { throw UsageError(description: "Missing value for '\(name)'") }
        return next
      }
      func number<Number: LosslessStringConvertible>(_ type: Number.Type) throws(UsageError) -> Number {
        let text = try value()
        guard let number = Number(text) else {
          throw UsageError(description: "The value '\(text)' is invalid for '\(name)'")
        }
        return number
      }
      func bytes() throws(UsageError) -> Int {
        let text = try value()
        guard let bytes = Quantity.bytes(text).flatMap({ Int(exactly: $0.rounded()) }) else {
          throw UsageError(
            description: "The value '\(text)' is invalid for '\(name)': such as 900MB or 1.5GiB")
        }
        return bytes
      }
      switch name {
      case "-h", "--help": return .help
      case "--version": return .version(isVerbose: words.contains("--verbose"))
      case "--verbose":
        guard words.contains("--version") else {
          throw UsageError(description: "--verbose says more of --version, which is missing")
        }
      case "--self-test": return .selfTest
      case "--image": arguments.images.append(try value())
      case "--watch": arguments.watchedFolder = try value()
      case "--prompt": arguments.script.turns.append(Script.Turn(prompt: try value()))
      case "--reply":
        let reply = try value()
        guard let last = arguments.script.turns.indices.last, arguments.script.turns[last].reply == nil else {
          throw misplacedReply
        }
        arguments.script.turns[last].reply = reply
      case "--chat": arguments.script.readsLines = true
      case "--multi-turn":
        let text = try value()
        guard let policy = DialoguePolicy(rawValue: text) else {
          throw UsageError(
            description: "The value '\(text)' is invalid for '\(name)': keep, reencode or accept")
        }
        arguments.policy = policy
      case "--system": arguments.script.system = try value()
      case "--point": arguments.point = try value()
      case "--max-first-token":
        let text = try value()
        guard let seconds = Self.seconds(text) else {
          throw UsageError(description: "The value '\(text)' is invalid for '\(name)': such as 2s or 800ms")
        }
        arguments.maxFirstToken = seconds
      case "--resolution": arguments.resolution = try value()
      case "--max-pixels": arguments.maxPixels = try number(Int.self)
      case "--max-pixels-decoded":
        let pixels = try number(Int.self)
        guard decodedPixels.contains(pixels) else {
          throw UsageError(
            description: "--max-pixels-decoded must be within 1 ... \(decodedPixels.upperBound)")
        }
        arguments.question.decodeLimits = DecodeLimits(maxPixels: pixels)
      case "--max-tokens": arguments.question.options.maxTokens = try number(Int.self)
      case "--temperature": arguments.question.options.sampling.temperature = try number(Double.self)
      case "--top-k": arguments.question.options.sampling.topK = try number(Int.self)
      case "--top-p": arguments.question.options.sampling.topP = try number(Double.self)
      case "--min-p": arguments.question.options.sampling.minP = try number(Double.self)
      case "--seed": arguments.question.options.sampling.seed = try number(UInt64.self)
      case "--max-memory": arguments.maxMemory = try bytes()
      case "--low-memory": arguments.isLowMemory = true
      case "--picture-cache": arguments.pictureCache = try value()
      case "--picture-cache-size": arguments.pictureCacheSize = try bytes()
      case "--threads": arguments.threads = try number(Int.self)
      case "--cache":
        let name = try value()
        guard let precision = CachePrecision(rawValue: name) else {
          throw UsageError(description: "The value '\(name)' is invalid for '--cache': f32 or bf16")
        }
        arguments.cache = precision
      case "--json-schema": arguments.jsonSchema = try value()
      case "--grammar": arguments.grammar = try value()
      case "--json": arguments.isJSON = true
      case "--trusted-keys": arguments.trustedKeys = try value()
      case "--check": arguments.checksWeights = true
      default: throw UsageError(description: "Unknown option '\(name)'")
      }
    }
    guard plans.count <= 1 else { throw UsageError(description: "Unexpected argument '\(plans[1])'") }
    guard let plan = plans.first else { throw UsageError(description: "Missing expected argument '<plan>'") }
    guard !arguments.script.turns.isEmpty || arguments.script.readsLines else {
      throw UsageError(description: "Missing expected argument '--prompt <text>'")
    }
    guard arguments.script.turns.last?.reply == nil || arguments.script.readsLines else {
      throw misplacedReply
    }
    try arguments.checkStreams()
    guard arguments.point == nil || arguments.maxFirstToken == nil else {
      throw UsageError(description: "--point and --max-first-token exclude each other")
    }
    guard arguments.resolution == nil || arguments.maxPixels == nil else {
      throw UsageError(description: "--resolution and --max-pixels exclude each other")
    }
    guard arguments.jsonSchema == nil || arguments.grammar == nil else {
      throw UsageError(description: "--json-schema and --grammar exclude each other")
    }
    guard arguments.pictureCacheSize == nil || arguments.pictureCache != nil else {
      throw UsageError(
        description: "--picture-cache-size says how large --picture-cache may be, which is missing")
    }
    if let pixels = arguments.maxPixels, !(1...1 << 28).contains(pixels) {
      throw UsageError(description: "--max-pixels must be within 1 ... \(1 << 28)")
    }
    guard (1...1_000_000).contains(arguments.question.options.maxTokens) else {
      throw UsageError(description: "--max-tokens must be within 1 ... 1000000")
    }
    if let threads = arguments.threads, !(1...1024).contains(threads) {
      throw UsageError(description: "--threads must be within 1 ... 1024")
    }
    if let problem = arguments.question.options.sampling.problem { throw UsageError(description: problem) }
    arguments.plan = plan
    return .run(arguments)
  }

  /// What a picture may have at most: three bytes each must be within what memory is counted in.
  private static let decodedPixels = 1...1 << 30

  /// Whether standard input is asked for once, and whether one question is asked of a folder.
  private func checkStreams() throws(UsageError) {
    let streams = images.count { $0 == PictureNames.standardInput } + (script.readsLines ? 1 : 0)
    guard streams <= 1 else {
      throw UsageError(description: "--image - and --chat read standard input, which has one end")
    }
    guard watchedFolder != nil else { return }
    guard images.isEmpty, !script.isDialogue, script.turns.count == 1 else {
      throw UsageError(description: "--watch asks one --prompt, without --image, --reply and --chat")
    }
  }

  /// A positive time with `s`, `ms` or nothing behind it.
  private static func seconds(_ text: String) -> Double? {
    let (number, factor): (Substring, Double) =
      text.hasSuffix("ms") ? (text.dropLast(2), 1e-3) : (text.hasSuffix("s") ? text.dropLast() : text[...], 1)
    guard let value = Double(number), value > 0, value.isFinite else { return nil }
    return value * factor
  }

  private static let misplacedReply = UsageError(
    description: "A --reply has to stand behind a --prompt, and not behind the last")

  /// `--name=value` as name and value.
  private static func split(_ word: String) -> (name: String, value: String?) {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  /// The resolution that is asked for, of a model that cuts pictures in some way.
  func resolution(for tiling: ImageTiling) throws(UsageError) -> Resolution? {
    if let text = resolution {
      guard let named = tiling.resolution(named: text) else {
        throw UsageError(
          description: "--resolution: '\(text)' is no resolution that this model's processor knows")
      }
      return named
    }
    guard let pixels = maxPixels else { return nil }
    guard let limited = tiling.resolution(maximumPixels: pixels) else {
      throw UsageError(description: "--max-pixels: the resolution of this model is fixed")
    }
    return limited
  }

  /// Where the features of pictures are kept.
  func pictures() throws(InferenceError) -> PictureCache {
    guard let folder = pictureCache else { return PictureCache() }
    return try PictureCache(folder: folder, folderLimit: pictureCacheSize ?? PictureCache.defaultFolderLimit)
  }
}

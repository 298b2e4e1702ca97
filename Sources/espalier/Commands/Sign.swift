import ArgumentParser
import Output
import Plan
import PlanFile
import Signatures
import Signing

/// Signs a plan with a key of minisign's.
struct Sign: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign a plan, so that others can tell who made it.",
    discussion: """
      What is signed is one line of text with the digest of the plan's contents, which covers its weights. The \
      signature goes to PLAN.minisig, in the form of minisign, which makes the keys ('minisign -G') and can check it: \
      'espalier sign PLAN --message > m; minisign -V -m m -x PLAN.minisig -p key.pub'. Before it is signed the whole \
      plan is checked.
      """)

  @Argument(help: "Plan to sign.", completion: .file(extensions: ["h5"]))
  var plan: String

  @Option(help: "File of the minisign secret key.", completion: .file(extensions: ["key"]))
  var key: String?

  @Option(
    help: "File whose one line is the password of the key. (default: asked for, or read from standard input)",
    completion: .file())
  var passwordFile: String?

  @Option(
    parsing: .unconditional,
    help: "One line that is signed too, and shown to whoever checks. (default: the producer of the plan)")
  var comment: String?

  @Option(
    name: .shortAndLong, parsing: .unconditional, help: "Signature to write. (default: PLAN.minisig)",
    completion: .file(extensions: ["minisig"]))
  var output: String?

  @Flag(help: "Print the line that is signed, and sign nothing.")
  var message = false

  func validate() throws {
    guard message || key != nil else { throw ValidationError("Missing expected argument '--key <key>'") }
    guard !message || key == nil else { throw ValidationError("--key and --message exclude each other.") }
  }

  func run() throws {
    let opened = try Plan(contentsOf: plan)
    let statement = try PlanStatement(contentsDigest: opened.contentsDigest)
    guard let key else { return try StandardOutput.write(statement.text) }
    let output = output ?? PlanStatement.signaturePath(ofPlan: plan)
    try AtomicFile.check(output, inputs: [plan, key] + (passwordFile.map { [$0] } ?? []))
    try opened.verify()
    try opened.verifyNumbers()
    let secret = try SecretKey(contentsOf: key) { () throws(SigningError) in
      if let passwordFile { return try Password.read(fromFile: passwordFile) }
      return try Password.ask("password of \(key.printable()): ")
    }
    let text = try secret.sign(
      statement.bytes, trustedComment: comment ?? opened.producer.printable(limit: 256))
    try AtomicFile.write(Array(text.utf8), to: output)
    try StandardOutput.line("\(output.printable()): signed with key \(secret.publicKey.id)")
  }
}

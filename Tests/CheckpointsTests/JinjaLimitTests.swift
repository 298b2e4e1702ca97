@testable import Checkpoints
import Synchronization
import TestSupport
import Testing

/// `count` times a link behind a start, and as often what closes it.
private func chain(_ start: String, _ link: String, _ count: Int = 20_100, close: String = "") -> String {
  "{{ " + start + String(repeating: link, count: count) + (close.isEmpty ? "" : "1")
    + String(repeating: close, count: count) + " }}"
}

/// What a template does on a thread with a small stack: its text, or why it fails.
private func outcome(_ template: String, _ variables: [String: Jinja.Value] = [:]) -> Result<
  String, Jinja.Failure
> {
  let result = Mutex<Result<String, Jinja.Failure>?>(nil)
  onSmallStack {
    let outcome: Result<String, Jinja.Failure>
    do throws(Jinja.Failure) { outcome = .success(try Jinja.render(template, variables)) } catch {
      outcome = .failure(error)
    }
    result.withLock { $0 = outcome }
  }
  return result.withLock { $0 } ?? .success("nothing")
}

private func reason(_ template: String) -> String {
  switch outcome(template) {
  case .success(let text): "prints \(text.prefix(64))"
  case .failure(let failure): failure.reason
  }
}

@Suite(.endsWithin(minutes: 5)) struct JinjaLimits {
  @Test(arguments: [
    chain("''", "~''"), chain("a", " or a"), chain("1", " and 1"), chain("1", "+1"), chain("1", "-1"),
    chain("1", "*1"), chain("2", "**1"), chain("1", "<1"), chain("1", " == 1"), chain("1", " not in a"),
    chain("''", "|trim"), chain("a", ".a"), chain("a", "['a']"), chain("a", "[0:]"), chain("a", "()"),
    chain("a", ".a()"), chain("1", " if 1"), chain("1", " is defined"),
    chain("1", " if a else 1"), chain("", "-"), chain("", "+"), chain("", "(", close: ")"),
    chain("", "[", close: "]"), chain("", "{'a':", close: "}"), chain("", "a(", close: ")"),
    chain("", "a[", close: "]"),
    chain("a", "|d(a", close: ")"),
    String(repeating: "{% if 1 %}", count: 20_100), String(repeating: "{% for a in b %}", count: 20_100),
    String(repeating: "{% set a %}", count: 20_100), String(repeating: "{% filter trim %}", count: 20_100),
  ])
  func chainsOfAnyKindAreRefusedWithoutAStackOverflow(template: String) {
    let reason = reason(template)
    #expect(
      reason.hasSuffix("nested too deep") || reason == "a test of a test" || reason.contains("is expected"),
      "\(template.prefix(40)): \(reason)")
  }

  @Test func whatIsJustAllowedFitsIntoASmallStack() {
    let many = Jinja.Expression.depthLimit - 1
    #expect((try? outcome(chain("'a'", "~'a'", many)).get().count) == many + 1)
    #expect((try? outcome(chain("'a'", "|trim", many)).get()) == "a")
    #expect((try? outcome(chain("'a'", "[0:]", many)).get()) == "a")
    // Macros that call each other from deep within an expression, down to the last level.
    let inner = String(repeating: "~''", count: 40)
    let recursion =
      "{% macro m() %}{% if true %}{% for i in [1] %}{{ m()\(inner) }}{% endfor %}{% endif %}{% endmacro %}"
    #expect(reason(recursion + "{{ m() }}") == "expressions, tags and macros are nested too deep")
    let maps =
      "{{ [[[[1]]]] | map(" + Array(repeating: "'map'", count: 300).joined(separator: ", ")
      + ", 'list') | list }}"
    #expect(reason(maps).contains("looped over") || reason(maps).contains("too deep"), "\(reason(maps))")
  }

  @Test(arguments: [
    "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}",
    "{% set n = namespace(x={}) %}{% for i in range(9999) %}{% set n.x = {'a': n.x} %}{% endfor %}",
    "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] + [1] %}{% endfor %}",
    "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = dict(a=n.x) %}{% endfor %}",
  ])
  func valuesAreNotNestedWithoutEnd(template: String) {
    #expect(reason(template) == "values are nested deeper than 64")
  }

  @Test func namespacesMayHoldEachOtherInChainsAndCircles() {
    let chain =
      "{% set n = namespace(x=1) %}{% for i in range(9999) %}{% set n.x = namespace(x=n.x) %}{% endfor %}"
    #expect((try? outcome(chain + "{{ n.x.x.x is defined }}").get()) == "True")
    let circle = "{% set n = namespace() %}{% set n.x = [n] %}{{ n.x[0].x[0] == n }}{{ n == namespace() }}"
    #expect((try? outcome(circle).get()) == "TrueFalse")
  }

  @Test(arguments: [
    "{% set a = [1]*1000000 %}{% set b = [1]*1000000 %}{% for i in range(9999) %}{% if a == b %}{% endif %}{% endfor %}",
    "{% set a = [1]*100000 %}{% set b = [1]*100000 %}{% for i in range(9999) %}{% if a == b %}{% endif %}{% endfor %}",
    "{% set n = namespace(x='x'*1000000) %}{% for i in range(9999) %}{% set n.y = n.x.upper() %}{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}text{% endfor %}{% endfor %}",
    "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x.replace('x', 'xx') %}{% endfor %}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x | sort %}{% endfor %}",
    "{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x | unique | list %}{% endfor %}",
    "{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x[::-1] %}{% endfor %}",
    "{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = -1 in x %}{% endfor %}",
    "{% set x = range(9999) | list %}{% for i in range(9999) %}{% set y = x | join %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x.split('a') %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% set p = 'a' * 200000 ~ 'b' %}{{ p in x }}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x[i] %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x == x ~ '' %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x | tojson %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x is upper %}{% endfor %}",
    "{% set x = 'a' * 400000 %}{% for i in range(9999) %}{% set y = x | length %}{% endfor %}",
    "{{ 'a' * 9223372036854775807 }}", "{{ [1] * 9223372036854775807 }}",
    "{{ 'a' | indent(9223372036854775807) }}",
    "{{ [] | tojson(indent=9223372036854775807) }}",
    "{{ ('a\n' * 100000) | indent(1000) }}", "{{ 'a' * 1048577 }}",
    "{% set x %}{% for i in range(9999) %}{{ 'a' * 9999 }}{% endfor %}{% endset %}",
    "{% macro m() %}{% for i in range(99) %}{{ m() }}{% endfor %}{% endmacro %}{{ m() }}",
  ])
  func workIsPaidForByWhatItReadsAndMakes(template: String) {
    let start = ContinuousClock.now
    let reason = reason(template)
    let seconds = ContinuousClock.now - start
    #expect(reason == "the template does too much work" || reason.hasSuffix("too deep"), "\(reason)")
    #expect(seconds < .seconds(20), "\(seconds)")
  }

  @Test func negativeIndentationIsNone() {
    #expect(
      (try? outcome("{{ [1] | tojson(indent=-1) }}|{{ 'a\nb' | indent(-9223372036854775807) }}").get())
        == "[\n1\n]|a\nb")
  }

  @Test func aLongTemplateIsRefusedAtOnce() {
    #expect(reason(String(repeating: "{{a}}", count: 300_000)).hasPrefix("the template has 1500000 bytes"))
  }

  @Test func aRenderEndsWhenItIsCancelled() throws {
    let template = try Jinja.Template("{% for i in range(9999) %}{{ i }}{% endfor %}")
    let failure = #expect(throws: Jinja.Failure.self) { try template.render([:]) { true } }
    #expect(failure?.reason == "interrupted")
  }
}

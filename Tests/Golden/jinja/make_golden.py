"""Writes golden.json: templates drawn by seed from the part of Jinja that chat templates use, and what Jinja2 prints
for each in the sandbox that transformers reads chat templates with; null where it refuses.

Expressions are drawn by type, so that most of them mean something; now and then a type is wrong on purpose.
    make_golden.py [SEED] [COUNT] [FILE]
"""
import json
import pathlib
import random
import sys
from transformers.utils.chat_template_utils import _compile_jinja_template

VARIABLES = {
    "empty": "", "name": "Ada Lovelace", "line": " one\ntwo\r\n three ", "word": "ΌΔΟΣ straße ǆ İ",
    "n": 7, "zero": 0, "minus": -3, "real": 2.5, "flag": True, "off": False, "nothing": None,
    "words": ["pear", "Apple", "fig", "apple", "Fig"], "numbers": [3, 1, 2, 1], "mixed": [0, "", "a", None, 1.0, True],
    "pairs": [["a", 1], ["b", 2]],
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this?"}]},
        {"role": "assistant", "content": "A cat.", "tool_calls": []},
        {"role": "user", "content": " Why? "},
    ],
    "tool": {"name": "f", "arguments": {"b": 1, "a": [True, None, 0.5], "c": "é\"\\\n"}, "Zeta": 1},
}
TEXT = ["empty", "name", "line", "word"]
ALPHABET = ["a", "B", " ", "\n", "ß", "Σ", "é", "-", "'", "{", "x", "1", "\t", "ﬁ", "."]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.locals = []

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def quoted(self, text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t") + "'"

    def literal(self):
        return self.quoted("".join(self.pick(ALPHABET) for _ in range(self.random.randint(0, 4))))

    def any(self, depth):
        return self.pick([self.text, self.integer, self.number, self.truth, self.items, self.words, self.value])(depth)

    def printable(self, depth):
        """Lists and mappings are printed in Python's own form, which is refused by name."""
        if self.chance(0.2):
            return f"({self.pick([self.items, self.words])(depth)} | {self.pick(['tojson', 'join(' + repr('|') + ')', 'length'])})"
        if self.chance(0.02):
            return self.items(depth)
        return self.pick([self.text, self.text, self.integer, self.number, self.truth, self.value])(depth)

    def value(self, depth):
        """Something of an uncertain type."""
        return self.pick([
            "nothing", "missing", "messages[0].content", "messages[1]['content'][1].text", "messages[-1].content",
            "tool.arguments.a[0]", "tool['arguments']['b']", "mixed[%d]" % self.random.randint(-7, 7), "tool.absent",
            "messages[%d].role" % self.random.randint(-4, 3), *self.locals])

    def text(self, depth):
        if depth <= 0:
            return self.pick([self.literal, lambda: self.pick(TEXT)])()
        inner = lambda: self.text(depth - 1)
        one = lambda: self.pick(["'a'", "' '", "'e'", "'\\n'", "'ß'", "', '"])
        return self.pick([
            lambda: f"{inner()} ~ {self.printable(depth - 1)}",
            lambda: f"({inner()} + {inner()})",
            lambda: f"({inner()} * {self.integer(0)})" if self.chance(0.3) else f"({inner()} * {self.random.randint(-1, 3)})",
            lambda: f"{self.atom(inner())}.{self.pick(['strip', 'lstrip', 'rstrip', 'upper', 'lower', 'title', 'capitalize'])}()",
            lambda: f"{self.atom(inner())}.{self.pick(['strip', 'lstrip', 'rstrip', 'removeprefix', 'removesuffix'])}({one()})",
            lambda: f"{self.atom(inner())}.replace({one()}, {self.literal()}{self.pick(['', ', 1', ', 2'])})",
            lambda: f"({inner()} | {self.pick(['trim', 'upper', 'lower', 'title', 'capitalize', 'reverse', 'string', 'safe', 'indent', 'indent(2)', 'indent(1, true)', 'first', 'last'])})",
            lambda: f"({inner()} | replace({one()}, {self.literal()}))",
            lambda: f"({self.any(depth - 1)} | tojson{self.pick(['', '', '(indent=2)', '(indent=0)', '(ensure_ascii=false)'])})",
            lambda: f"({self.items(depth - 1)} | join{self.pick(['', '(' + one() + ')', '(d=' + one() + ')'])})",
            lambda: f"{one()}.join({self.words(depth - 1)})",
            lambda: f"{self.atom(inner())}[{self.bound()}:{self.bound()}{self.pick(['', ':', ':2', ':-1'])}]",
            lambda: f"{self.atom(inner())}[{self.random.randint(-3, 3)}]",
            lambda: f"({inner()} if {self.truth(depth - 1)} else {inner()})",
            lambda: f"({inner()} if {self.truth(depth - 1)})",
            lambda: f"({self.value(depth)} | default({inner()}{self.pick(['', ', true', ', boolean=false'])}))",
            lambda: f"{self.words(depth - 1)}[{self.random.randint(-2, 2)}]",
            lambda: f"({self.words(depth - 1)} | {self.pick(['first', 'last', 'min', 'max'])})",
        ])()

    def atom(self, text):
        return text if text.startswith("'") and " ~ " not in text or text.isidentifier() else f"({text})"

    def bound(self):
        return self.pick(["", "", "0", "1", "-1", "3", "-4", "9", "none"])

    def integer(self, depth):
        if depth <= 0:
            return self.pick(["n", "zero", "minus", str(self.random.randint(0, 12)), "-" + str(self.random.randint(1, 5))])
        inner = lambda: self.integer(depth - 1)
        return self.pick([
            lambda: f"({inner()} {self.pick(['+', '-', '*', '//', '%'])} {inner()})",
            lambda: f"({inner()} ** {self.random.randint(0, 3)})",
            lambda: f"-{self.random.randint(1, 9)} | abs",
            lambda: f"({self.items(depth - 1)} | length)",
            lambda: f"({self.text(depth - 1)} | {self.pick(['length', 'wordcount', 'count', 'int', 'int(4)'])})",
            lambda: f"{self.atom(self.text(depth - 1))}.{self.pick(['count', 'find'])}({self.pick(['chr', self.literal()[:0] + repr('a'), repr(' '), repr('e')])})".replace("chr", "'o'"),
            lambda: f"({self.pick([repr('12'), repr(' 7 '), repr('-3'), repr('2.9'), repr('1e3'), repr('x'), repr('1_0'), repr('_1'), repr('+5'), repr('inf'), repr('nan'), 'real', 'flag', '-2.7', '1e300'])} | int)",
            lambda: f"(numbers | {self.pick(['sum', 'min', 'max', 'first', 'last'])})",
            lambda: f"numbers.{self.pick(['count(1)', 'index(2)', 'index(9)'])}",
            lambda: f"tool.get('{self.pick(['Zeta', 'none'])}', {inner()})",
        ])()

    def number(self, depth):
        if depth <= 0:
            return self.pick(["real", "2.0", "0.1", "1e3", "1.5e-3", "1e16", "123456789.125", "1e-5", "n"])
        inner = lambda: self.number(depth - 1)
        return self.pick([
            lambda: f"({inner()} {self.pick(['+', '-', '*', '/'])} {self.pick([inner, lambda: self.integer(depth - 1)])()})",
            lambda: f"({self.integer(depth - 1)} / {self.integer(0)})",
            lambda: f"(-{self.number(0)})",
            lambda: f"({self.pick([repr('2.5'), repr('.5'), repr('1e-7'), repr('x'), repr('0x1p3'), repr(' 3 '), 'n', 'flag'])} | float)",
            lambda: f"({inner()} | abs)",
        ])()

    def truth(self, depth):
        if depth <= 0:
            return self.pick(["flag", "off", "true", "false", "n == 7", "name", "nothing", "(missing is defined)"])
        inner = lambda: self.truth(depth - 1)
        mark = lambda: self.pick(["==", "!=", "<", "<=", ">", ">="])
        tests = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "iterable",
                 "sequence", "true", "false"]
        return self.pick([
            lambda: f"({inner()} {self.pick(['and', 'or'])} {inner()})",
            lambda: f"not {self.wrapped(inner())}",
            lambda: f"({self.integer(depth - 1)} {mark()} {self.integer(depth - 1)})",
            lambda: f"({self.number(depth - 1)} {mark()} {self.integer(0)} {mark()} {self.number(0)})",
            lambda: f"({self.text(depth - 1)} {mark()} {self.text(depth - 1)})",
            lambda: f"({self.any(depth - 1)} {self.pick(['==', '!='])} {self.any(depth - 1)})",
            lambda: f"({self.literal()} {self.pick(['in', 'not in'])} {self.text(depth - 1)})",
            lambda: f"({self.any(0)} {self.pick(['in', 'not in'])} {self.items(depth - 1)})",
            lambda: f"({self.literal()} in tool)",
            lambda: f"({self.any(depth - 1)} is {self.pick(['', 'not '])}{self.pick(tests)})",
            lambda: f"({self.integer(0)} is {self.pick(['odd', 'even', 'divisibleby 3', 'divisibleby(2)', 'gt 2', 'le(3)', 'eq 7', 'ne(0)', 'in [1, 7]'])})",
            lambda: f"({self.text(depth - 1)} is {self.pick(['upper', 'lower', 'string'])})",
            lambda: f"{self.atom(self.text(depth - 1))}.{self.pick(['isdigit', 'isalpha', 'isspace', 'isupper', 'islower'])}()",
            lambda: f"{self.atom(self.text(depth - 1))}.{self.pick(['startswith', 'endswith'])}({self.literal()})",
        ])()

    def wrapped(self, text):
        return text if text.startswith("(") else f"({text})"

    def items(self, depth):
        if depth <= 0:
            return self.pick(["numbers", "words", "[]", "[1, 2.5, true]", "range(4)|list", "['b', 'A', 'a']"])
        return self.pick([
            lambda: self.words(depth),
            lambda: "[" + ", ".join(self.any(depth - 1) for _ in range(self.random.randint(0, 3))) + "]",
            lambda: f"({self.items(depth - 1)} + {self.items(depth - 1)})",
            lambda: f"({self.items(depth - 1)} | {self.pick(['list', 'reverse', 'sort', 'unique'])} | list)",
            lambda: f"({self.items(depth - 1)} | {self.pick(['select', 'reject'])}{self.pick(['', '(' + repr('odd') + ')', '(' + repr('string') + ')', '(' + repr('gt') + ', 1)', '(' + repr('equalto') + ', 2)', '(' + repr('in') + ', [1, 2])'])} | list)",
            lambda: f"(messages | {self.pick(['selectattr', 'rejectattr'])}({self.pick([repr('tool_calls'), repr('tool_calls') + ', ' + repr('defined'), repr('role') + ', ' + repr('equalto') + ', ' + repr('user')])}) | map(attribute='role') | list)",
            lambda: f"{self.wrapped(self.items(depth - 1))}[{self.bound()}:{self.bound()}{self.pick(['', ':2', ':-1', ':-2'])}]",
            lambda: f"(range({self.random.randint(-2, 6)}, {self.random.randint(-2, 6)}{self.pick(['', ', 2', ', -1'])}) | list)",
            lambda: f"(tool | dictsort | map('first') | list)",
        ])()

    def words(self, depth):
        if depth <= 0:
            return self.pick(["words", "['x', 'y z']", "[name]"])
        return self.pick([
            lambda: f"{self.atom(self.text(depth - 1))}.split({self.pick(['', repr(' '), repr('a'), repr(' ') + ', 1', 'none, 1', repr('e') + ', -1'])})",
            lambda: f"{self.atom(self.text(depth - 1))}.{self.pick(['splitlines()', 'rsplit(' + repr(' ') + ', 1)', 'rsplit(' + repr('a') + ')'])}",
            lambda: f"({self.words(depth - 1)} | map('{self.pick(['upper', 'trim', 'lower', 'title', 'capitalize', 'string'])}') | list)",
            lambda: f"(messages | map(attribute='role') | {self.pick(['list', 'unique | list', 'sort', 'reverse | list'])})",
            lambda: f"({self.words(depth - 1)} | {self.pick(['sort', 'unique | list', 'reverse | list'])})",
            lambda: f"(tool.{self.pick(['keys()', 'arguments.keys()'])} | list)",
        ])()

    def blank(self):
        return self.pick(["", "", "", " ", "\n", "\n  ", "  ", "\n\n", " \t"])

    def tag(self, text):
        return "{%" + self.pick(["", "", "", "-", "+"]) + f" {text} " + self.pick(["", "", "", "-"]) + "%}"

    def output(self, depth):
        return "{{" + self.pick(["", "", "-"]) + f" {self.printable(depth)} " + self.pick(["", "", "-"]) + "}}"

    def statement(self, depth):
        word = self.blank() + self.pick(["a", "Z:", "<|im|>", "", "."]) + self.blank()
        if depth <= 0 or self.chance(0.4):
            return word + self.output(2) + self.blank()
        body = lambda: self.body(depth - 1)
        before = list(self.locals)
        try:
            return self.blank() + self.pick([
                lambda: self.tag(f"if {self.truth(2)}") + body() + self.tag("endif"),
                lambda: self.tag(f"if {self.truth(1)}") + body() + self.tag(f"elif {self.truth(1)}") + body()
                + self.tag("else") + body() + self.tag("endif"),
                lambda: self.loop(depth),
                lambda: self.loop(depth),
                lambda: self.set(depth),
                lambda: self.tag("set block" + self.pick(["", " | trim", " | upper"])) + body() + self.tag("endset") + "[{{ block }}]",
                lambda: self.tag("filter " + self.pick(["upper", "trim", "indent(2)", "replace('a', 'b')"])) + body() + self.tag("endfilter"),
                lambda: self.tag(f"with v = {self.any(1)}, w = {self.any(1)}") + body() + "{{ v is defined }}" + self.tag("endwith"),
                lambda: "{#" + self.pick(["", "-"]) + " note " + self.pick(["", "-"]) + "#}",
                lambda: self.namespace(depth),
                lambda: self.tag("generation") + body() + self.tag("endgeneration"),
            ])() + self.blank()
        finally:
            self.locals = before

    def set(self, depth):
        result = self.tag(f"set v = {self.any(2)}")
        self.locals.append("v")
        return result + self.body(depth - 1)

    def namespace(self, depth):
        return (self.tag(f"set ns = namespace(n={self.integer(1)}, s='')") + self.tag(f"for x in {self.items(1)}")
                + self.tag("set ns.n = ns.n + 1") + self.tag("set ns.s = ns.s ~ loop.index") + self.tag("endfor")
                + "{{ ns.n }}/{{ ns.s }}/{{ ns.t is defined }}")

    def loop(self, depth):
        source = self.pick(["messages", "tool", "pairs"] + [self.items(1)] * 3)
        condition = self.pick(["", "", f" if {self.truth(1)}"])
        result = self.tag(f"for x in {source}{condition}")
        self.locals += ["x", "loop.index", "loop.index0", "loop.first", "loop.last", "loop.length", "loop.revindex",
                        "loop.previtem", "loop.nextitem", "loop.revindex0", "loop.depth"]
        result += self.body(depth - 1)
        if self.chance(0.3):
            result += self.tag(f"if {self.truth(1)}") + self.tag(self.pick(["break", "continue"])) + self.tag("endif")
            result += self.body(0)
        if self.chance(0.3):
            result += self.tag("else") + self.body(0)
        return result + self.tag("endfor")

    def body(self, depth):
        return "".join(self.statement(depth) for _ in range(self.random.randint(1, 2)))

    def macro(self):
        name = self.pick(["m", "turn"])
        result = self.tag(f"macro {name}(a, b={self.any(1)})")
        self.locals = ["a", "b"]
        result += self.body(1) + self.tag("endmacro")
        self.locals = []
        return result + "{{ %s(%s%s) }}" % (name, self.any(1), self.pick(["", f", {self.any(1)}", f", b={self.any(1)}"]))

    def template(self):
        if self.chance(0.4):
            return "{{ %s }}" % self.printable(3)
        if self.chance(0.15):
            return self.macro()
        return self.body(2)


def printed(template):
    try:
        return _compile_jinja_template(template).render(**VARIABLES)
    except Exception:
        return None


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 900
    path = sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(__file__).parent / "golden.json"
    draw, seen, templates = Draw(seed), set(), []
    refused = 0
    while len(templates) < count:
        draw.locals = []
        template = draw.template()
        if template in seen or len(template) > 600:
            continue
        seen.add(template)
        output = printed(template)
        if output is not None and len(output) > 600:
            continue
        if output is None:
            refused += 1
            if refused > count // 8:
                continue
        templates.append({"template": template, "printed": output})
    golden = {"variables": VARIABLES, "templates": templates}
    pathlib.Path(path).write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n")


main()

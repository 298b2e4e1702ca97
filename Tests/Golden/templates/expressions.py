"""Writes expressions.json: what Jinja2 prints for each of these, null where it refuses, in the sandbox that
transformers reads chat templates with."""
import json
import pathlib
from transformers.utils.chat_template_utils import _compile_jinja_template

VARIABLES = {
    "bos_token": "<s>", "empty": "", "number": 7, "real": 2.5, "flag": True, "nothing": None,
    "words": ["pear", "Apple", "fig", "apple"], "numbers": [3, 1, 2, 1],
    "messages": [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this?"}]},
        {"role": "assistant", "content": "A cat.", "tool_calls": []},
        {"role": "user", "content": "Why?"},
    ],
    "mapping": {"b": 1, "a": {"deep": [1, 2]}, "C": "x"},
}
TEMPLATES = r"""
{{ 'abcdef'[::2] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[4:1:-1] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[:99] }} {{ 'abcdef'[-99:2] }}
{{ 'abcdef'[5::-2] }}|{{ 'abcdef'[:2:-1] }}|{{ 'abcdef'[3:3] }}|{{ 'abcdef'[-1:-4:-1] }}|{{ 'abcdef'[99:0:-3] }}
{{ numbers[1:] | join(',') }} {{ numbers[::-1] | join(',') }} {{ numbers[-1] }} {{ messages[1:][0].role }} {{ messages[-1]['content'] }}
{{ 'abc'[1] }} {{ 'abc'[-1] }} [{{ 'abc'[9] }}] [{{ numbers[9] }}] [{{ mapping.zz }}]
{{ 'abcdef'[::0] }}
{{ words | sort | join(',') }} {{ numbers | sort | join }} {{ words | unique | join(',') }} {{ numbers | unique | join(',') }}
{{ numbers | sum }} {{ numbers | min }} {{ numbers | max }} {{ words | min }} {{ [] | first | default('none') }}
{{ words | map('upper') | join(',') }} {{ words | map('length') | join(',') }} {{ messages | map(attribute='role') | unique | join(',') }}
{{ messages | map(attribute='tool_calls', default='-') | first }} {{ messages | selectattr('tool_calls', 'defined') | list | length }}
{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | rejectattr('role', 'eq', 'user') | map(attribute='content') | first }}
{{ messages | selectattr('role', 'in', ['user', 'system']) | list | length }} {{ numbers | select('gt', 1) | join(',') }} {{ numbers | reject('odd') | join(',') }}
{{ [0, 1, '', 'a', none] | select | list | length }} {{ messages | selectattr('tool_calls') | list | length }}
{{ mapping | length }} {{ mapping | list | join(',') }} {{ mapping.keys() | join(',') }} {{ mapping.items() | map('first') | join(',') }} {{ mapping | items | map('last') | list | length }}
{% for key, value in mapping | dictsort %}{{ key }}{% if not loop.last %},{% endif %}{% endfor %}
{{ mapping.a.deep[1] }} {{ mapping['a']['deep'] | first }} {{ mapping.get('b') }} {{ mapping.get('z', 5) }} {{ 'b' in mapping }} {{ 'z' not in mapping }}
{{ nothing.anything is defined }} {{ nothing['x'] is undefined }} {{ missing is defined }}
{{ missing.anything }}
{{ mapping | tojson }} {{ [1, 2.5, 'é"\\', none, true, {}] | tojson }} {{ 'a/b<c>' | tojson }}
{{ mapping | tojson(indent=2) }} {{ [] | tojson(indent=2) }} {{ [[], [1]] | tojson(indent=4) }}
{{ 7 / 2 }} {{ 6 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 ** 3 }} {{ 1.5 + 1 }} {{ 2.0 * 2 }} {{ 1 - 0.5 }} {{ -real }} {{ real * 2 }}
{{ 1 / 0 }}
{{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ ([1] * 2) | join(',') }} {{ ([1] + [2]) | join(',') }}
{{ 'a' + 1 }}
{{ 'a' ~ 1 ~ none ~ true }} {{ 1 ~ 2.5 }}
{{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' == 'a' }} {{ none == none }} {{ [1] == [1.0] }} {{ 'a' != 'b' }} {{ 1 < 2 <= 2 }} {{ 'a' < 'b' }}
{{ 'a' < 1 }}
{{ not true }} {{ not false and true }} {{ true or missing.x }} {{ (false or 'b') }} {{ ('' or none) is none }} {{ 1 and 'x' }} {{ not not 1 }}
{{ 'yes' if flag else 'no' }} {{ 'yes' if not flag }}| {{ 'a' if false else 'b' if true else 'c' }}
{{ 'x' is string }} {{ 1 is number }} {{ 1.5 is float }} {{ 1 is integer }} {{ true is boolean }} {{ true is number }} {{ true is integer }} {{ words is sequence }} {{ mapping is mapping }} {{ 'a' is iterable }} {{ 1 is iterable }} {{ missing is iterable }}
{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 'a' is in ['a'] }} {{ 'A' is upper }} {{ 'a' is lower }} {{ 1 is eq 1 }} {{ 1 is ne 1 }} {{ 2 is gt 1 }} {{ 2 is ge(2) }} {{ 1 is lessthan 2 }} {{ none is not none }} {{ 'a' is not string }} {{ true is true }} {{ 1 is true }} {{ true is sameas true }}
{{ '  a b '.strip() }}|{{ '  a '.lstrip() }}|{{ '  a '.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.lstrip('ab') }}|{{ '\x1f\u00a0 a\x1c' | trim }}|{{ 'a..' | trim('.') }}
{{ 'a b  c'.split() | join('|') }} {{ 'a,b,c'.split(',', 1) | join('|') }} {{ 'a,b,c'.rsplit(',', 1) | join('|') }} {{ ' a b c '.split(none, 1) | join('|') }} {{ 'a\nb\r\nc'.splitlines() | join('|') }} {{ '</think>x'.split('</think>')[-1] }}
{{ 'Hello World'.upper() }} {{ 'Hello'.lower() }} {{ 'hello world'.title() }} {{ 'hELLO'.capitalize() }} {{ 'hello world' | title }} {{ 'hELLO wORLD' | capitalize }} {{ "they're bill's" | title }} {{ "they're bill's".title() }}
{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('bc') }} {{ 'abcabc'.find('c') }} {{ 'abc'.find('z') }} {{ 'abcabc'.count('b') }} {{ 'a-b'.replace('-', '+') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'aaa' | replace('a', 'b') }}
{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ ','.join(['a', 'b']) }} {{ '12'.isdigit() }} {{ ''.isdigit() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab'.islower() }}
{{ 'abc' | reverse }} {{ 'abc' | first }} {{ 'abc' | last }} {{ 'abc' | length }} {{ 'abc' | list | join('-') }} {{ 'a b c' | wordcount }} {{ numbers | reverse | join(',') }}
{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}
{{ '12' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 2.9 | int }} {{ '2.5' | float }} {{ 3 | float }} {{ -3 | abs }} {{ true | int }} {{ 12 | string ~ 'x' }}
{{ missing | default('d') }} {{ empty | default('d') }}| {{ empty | default('d', true) }} {{ missing | d }}| {{ nothing | default('d') }} {{ nothing | default('d', boolean=true) }}
{% for x in numbers %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }}/{{ loop.previtem }}/{{ loop.nextitem }} {% endfor %}
{% for x in numbers if x > 1 %}{{ x }}{{ loop.length }}{% else %}none{% endfor %} {% for x in [] %}x{% else %}none{% endfor %}
{% for m in messages %}{% if loop.previtem is defined and loop.previtem.role == 'user' %}after {% endif %}{% if loop.nextitem is defined %}{{ loop.nextitem.role }} {% endif %}{% endfor %}
{% for a, b in [[1, 2], [3, 4]] %}{{ a + b }} {% endfor %}{% for c in 'abc' %}{{ c }}.{% endfor %}{% for k in mapping %}{{ k }}{% endfor %}
{% for x in range(10) %}{% if x is odd %}{% continue %}{% endif %}{% if x > 6 %}{% break %}{% endif %}{{ x }}{% endfor %} {{ range(3) | list | length }} {{ range(1, 9, 3) | join(',') }}
{% set ns = namespace(n=0, s='') %}{% for x in numbers %}{% set ns.n = ns.n + x %}{% set ns.s = ns.s ~ x %}{% endfor %}{{ ns.n }} {{ ns.s }}
{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}{% if true %}{% set x = 3 %}{% endif %}{{ x }}{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% set block %}  a {{ number }} {% endset %}[{{ block }}]{% set short | trim | upper %}  b  {% endset %}[{{ short }}]
{% with a = 1, b = 'x' %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}
{% filter upper %}abc {{ 'd' }}{% endfilter %}
{% macro turn(role, text='none', end='.') %}<{{ role }}>{{ text | trim }}{{ end }}{% endmacro %}{{ turn('user', ' hi ') }}{{ turn(role='a') }}{{ turn('b', end='!') }} {{ turn is callable }}
{% macro fact(n) %}{% if n > 1 %}{{ n }}*{{ fact(n - 1) }}{% else %}1{% endif %}{% endmacro %}{{ fact(4) }}
{% generation %}{{ 'said' }}{% endgeneration %}
{# note #}a{#- note -#} b {%- if true %} c {% endif -%} d
{{ "a\tb\\n\'\"\x41\u00e9\q" }} {{ 'two' ' parts' }} {{ "line\
end" }}
{{ [1, 2, 3,] | length }} {{ (1, 2) | length }} {{ (1,) | length }} {{ () | length }} {{ {'a': 1,}['a'] }} {{ {} | length }}
{{ 1_000 }} {{ 1e3 }} {{ 1.5e-3 }} {{ 0.1 + 0.2 }}
{{ messages is defined and messages | length > 2 and messages[0].role == 'user' }} {{ messages | length - 1 }} {{ -1 | abs }} {{ 2 - -1 }} {{ +3 }}
{{ (messages | first).role }} {{ messages[0].content[1].text.split(' ')[0].upper() | lower }} {{ messages[loop_index | default(0)].role }}
{{ 'a' in 'abc' }} {{ 'z' in words }} {{ 1 in [1, 2] }} {{ 'text' in messages[0]['content'][1] }} {{ not 'a' in 'b' }} {{ 'x' in missing }}
{{ raise_exception('no') }}
{{ dict(a=1, b=2).b }} {{ dict() | length }} {{ namespace(a=1).a }}
{{ words.index('fig') }} {{ numbers.count(1) }}
{{ words.append('x') }}
{{ ''.join([1]) }}
{{ numbers | frobnicate }}
{{ 5 is frobnicated }}
{{ frobnicate() }}
{% if flag is defined and flag is true or number == 8 %}A{% elif number %}B{% else %}C{% endif %}{% if not (number == 7) %}D{% endif %}
{{- '\n' -}}   a   {{- 'b' }}   {%+ if true %}  c{% endif +%}   d
{{ 'ß'.upper() }} {{ 'ÀÉ'.lower() }} {{ 'é' | length }} {{ '👍🏽' | length }} {{ '\u0065\u0301' == '\u00e9' }} {{ 'e\u0301' | length }}
""".strip("\n").split("\n")


def printed(template):
    try:
        return _compile_jinja_template(template).render(**VARIABLES)
    except Exception:
        return None


def main():
    # A template that goes over a line ends with a backslash there.
    templates = []
    for line in TEMPLATES:
        if templates and templates[-1].endswith("\\"):
            templates[-1] += "\n" + line
        else:
            templates.append(line)
    golden = {"variables": VARIABLES, "templates": [{"template": t, "printed": printed(t)} for t in templates]}
    path = pathlib.Path(__file__).parent / "expressions.json"
    path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


main()

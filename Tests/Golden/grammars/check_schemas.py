"""Whether answers that were held to a JSON Schema satisfy it, by the opinion of the Python package `jsonschema`.

The tests write what they have drawn as JSON Lines of a schema and an output where GRAMMARS_DUMP says:

    GRAMMARS_DUMP=/tmp/answers.jsonl swift test --filter GrammarsTests
    pip install 'jsonschema[format]'
    python Tests/Golden/grammars/check_schemas.py /tmp/answers.jsonl

Prints how many outputs were checked and the first that fail; fails if one does.
"""

import json
import re
import sys

from jsonschema import Draft202012Validator

FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]


def for_python(schema):
    """The schema with named groups as Python writes them."""
    if isinstance(schema, list):
        return [for_python(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: for_python(part) for name, part in schema.items()}
    if isinstance(schema.get("pattern"), str):
        schema["pattern"] = re.sub(r"\(\?<(?=\w)", "(?P<", schema["pattern"])
    return schema


def failures(paths):
    checker = Draft202012Validator.FORMAT_CHECKER
    missing = [name for name in FORMATS if name not in checker.checkers]
    if missing:
        sys.exit(f"no checks of the formats {', '.join(missing)}: install 'jsonschema[format]'")
    validators = {}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                key = json.dumps(case["schema"])
                if key not in validators:
                    schema = for_python(case["schema"])
                    Draft202012Validator.check_schema(schema)
                    validators[key] = Draft202012Validator(schema, format_checker=checker)
                try:
                    value = json.loads(case["output"])
                except ValueError as error:
                    yield case, str(error)
                    continue
                problem = next(validators[key].iter_errors(value), None)
                yield case, problem and problem.message


def main():
    checked, failed = 0, 0
    for case, problem in failures(sys.argv[1:]):
        checked += 1
        if problem:
            failed += 1
            if failed <= 20:
                print(problem, case["output"], json.dumps(case["schema"]), sep="\n  ")
    print(f"{checked} outputs, {failed} failures")
    sys.exit(1 if failed or not checked else 0)


if __name__ == "__main__":
    main()

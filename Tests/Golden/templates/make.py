"""Writes NAME.txt for each NAME.jinja: what Jinja2 prints with the options chat templates are read with."""
import pathlib
from jinja2.sandbox import ImmutableSandboxedEnvironment

here = pathlib.Path(__file__).parent
environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])


def tojson(value, indent=None):
    import json
    return json.dumps(value, ensure_ascii=False, indent=indent)


def raise_exception(message):
    raise ValueError(message)


environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
variables = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "add_generation_prompt": True,
    "messages": [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is this?"}]},
    ],
}
for path in sorted(here.glob("*.jinja")):
    template = environment.from_string(path.read_text())
    path.with_suffix(".txt").write_text(template.render(**variables))

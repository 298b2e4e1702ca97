#!/usr/bin/env python3
"""Asks a running espalier-serve through the clients that people use, and compares with espalier-run.

    python3 -m venv venv && venv/bin/pip install openai ollama pillow jsonschema
    espalier-serve plan.h5 --port 8090 &
    venv/bin/python Tests/Serving/check_clients.py http://127.0.0.1:8090 plan.h5 --run .build/release/espalier-run \
        --pictures calib/digit-scenes/images

Prints a line per check; the exit code is 1 where one fails.
"""

import argparse
import base64
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import urllib.request

import jsonschema
import ollama
import openai

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("plan")
parser.add_argument("--run", default=".build/release/espalier-run")
parser.add_argument("--pictures", default="calib/digit-scenes/images")
parser.add_argument("--key", default="none")
arguments = parser.parse_args()

client = openai.OpenAI(base_url=arguments.address + "/v1", api_key=arguments.key, max_retries=0, timeout=120)
pictures = sorted(pathlib.Path(arguments.pictures).glob("calibration-*"))[:8]
questions = ["Describe the image.", "Which digits are in the image?", "What color is the leftmost digit?"]
model = client.models.list().data[0].id
failures = []


def check(name, holds, detail=""):
    print(("ok      " if holds else "FAILED  ") + name + (f": {detail}" if detail and not holds else ""), flush=True)
    if not holds:
        failures.append(name)


def data_url(path):
    kind = "png" if path.suffix == ".png" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def messages(path, text):
    return [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": data_url(path)}}, {"type": "text", "text": text}],
        }
    ]


def run(path, text, point, tokens=64):
    command = [arguments.run, arguments.plan, "--image", str(path), "--prompt", text, "--point", point]
    out = subprocess.run(command + ["--max-tokens", str(tokens), "--json"], capture_output=True, check=True).stdout
    return json.loads(out)


def ask(path, text, point, **options):
    options.setdefault("max_tokens", 64)
    return client.chat.completions.create(model=f"{model}@{point}", messages=messages(path, text), **options)


points = [entry.id.split("@")[1] for entry in client.models.list().data if "@" in entry.id]
cases = [(path, questions[i % 3], points[i % len(points)]) for i, path in enumerate(pictures)]
expected = [run(*case) for case in cases]


def matches(answer, wanted):
    return answer.choices[0].message.content == wanted["text"] and answer.usage.completion_tokens == len(wanted["tokens"])


check("answers of espalier-run, alone", all(matches(ask(*case), wanted) for case, wanted in zip(cases, expected)))
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    together = list(pool.map(lambda case: ask(*case), cases))
check("answers of espalier-run, eight at once", all(map(matches, together, expected)))
check("the answer names its point", all(a.model == f"{model}@{c[2]}" for a, c in zip(together, cases)))

text, usage = "", None
for chunk in ask(*cases[0], stream=True, stream_options={"include_usage": True}):
    text += "".join(choice.delta.content or "" for choice in chunk.choices)
    usage = chunk.usage or usage
check("a stream is the answer", text == expected[0]["text"], text)
check("a stream ends with its usage", usage is not None and usage.completion_tokens == len(expected[0]["tokens"]))

answer = ask(*cases[0], logprobs=True, top_logprobs=3)
chances = answer.choices[0].logprobs.content
check("chances of every token", len(chances) == len(expected[0]["tokens"]))
check("greedy takes the likeliest", all(c.logprob == c.top_logprobs[0].logprob for c in chances))

several = ask(*cases[1], n=3, temperature=1.5, seed=7)
check("several answers differ by their seeds", len({c.message.content for c in several.choices}) > 1)
again = ask(*cases[1], n=3, temperature=1.5, seed=7)
check("a seed gives the same again", [c.message.content for c in several.choices] == [c.message.content for c in again.choices])
stopped = ask(*cases[0], stop=[expected[0]["text"][10:14]])
check("a stop string ends the answer", stopped.choices[0].message.content == expected[0]["text"].split(expected[0]["text"][10:14])[0])
check("length is a reason to end", ask(*cases[0], max_tokens=3).choices[0].finish_reason == "length")
two = client.chat.completions.create(
    model=model,
    max_tokens=16,
    messages=[{"role": "system", "content": "Be brief."}] + messages(pictures[0], "One")
    + [{"role": "assistant", "content": "A picture."}] + messages(pictures[1], "Two"),
)
check("two pictures in a dialogue", two.usage.prompt_tokens > 2 * together[0].usage.prompt_tokens * 0.5)
known = [ask(pictures[0], q, "dense").usage.prompt_tokens_details.cached_tokens for q in questions]
check("a second question about a picture reads its text alone", all(k > 0 for k in known[1:]), str(known))

schema = {
    "type": "object",
    "properties": {"digits": {"type": "array", "items": {"type": "integer"}, "maxItems": 5}, "sure": {"type": "boolean"}},
    "required": ["digits", "sure"],
    "additionalProperties": False,
}
form = {"type": "json_schema", "json_schema": {"name": "digits", "schema": schema, "strict": True}}
for path in pictures[:3]:
    for temperature in [0, 2]:
        made = ask(path, "Which digits?", "dense", response_format=form, temperature=temperature, seed=1, max_tokens=100)
        try:
            jsonschema.validate(json.loads(made.choices[0].message.content), schema)
            holds = True
        except (ValueError, jsonschema.ValidationError) as error:
            holds = False
        check(f"a schema holds at temperature {temperature}", holds, made.choices[0].message.content)
made = ask(pictures[0], "As JSON.", "dense", response_format={"type": "json_object"}, max_tokens=60)
try:
    check("a JSON object", isinstance(json.loads(made.choices[0].message.content), dict))
except ValueError:
    check("a JSON object", False, made.choices[0].message.content)

tool = {
    "type": "function",
    "function": {
        "name": "count",
        "description": "Counts digits.",
        "parameters": {
            "type": "object",
            "properties": {"color": {"enum": ["red", "green"]}},
            "required": ["color"],
            "additionalProperties": False,
        },
    },
}
made = ask(pictures[0], "How many are red?", "dense", tools=[tool], tool_choice="required", max_tokens=200)
calls = made.choices[0].message.tool_calls
check("a required call of a tool", bool(calls) and json.loads(calls[0].function.arguments)["color"] in ("red", "green"))
check("its reason to end", made.choices[0].finish_reason == "tool_calls")
reply = client.chat.completions.create(
    model=model,
    max_tokens=8,
    tools=[tool],
    messages=messages(pictures[0], "How many are red?")
    + [made.choices[0].message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": calls[0].id, "content": "2"}],
)
check("what a tool answered is read", reply.choices[0].message.content is not None)


def error_of(kind, call):
    try:
        call()
    except kind as error:
        return error
    except Exception as error:  # whatever else it is, it is not what was expected
        print("   ", type(error), error)
    return None


bad = error_of(openai.BadRequestError, lambda: ask(*cases[0], temperature=500))
check("a wrong field is named", bad is not None and bad.param == "temperature")
missing = error_of(openai.NotFoundError, lambda: client.chat.completions.create(model="gpt", messages=[]))
check("a model that is not served is not found", missing is not None)
broken = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}, {"type": "text", "text": "?"}]}]
bad = error_of(openai.BadRequestError, lambda: client.chat.completions.create(model=model, messages=broken))
check("a broken picture is refused", bad is not None and bad.code == "invalid_image")
long = [{"role": "user", "content": "digit " * 100000}]
bad = error_of(openai.BadRequestError, lambda: client.chat.completions.create(model=model, messages=long))
check("a prompt that is too long is refused", bad is not None and bad.code == "context_length_exceeded", str(bad))

made = client.responses.create(
    model=model,
    max_output_tokens=64,
    input=[
        {
            "role": "user",
            "content": [
                {"type": "input_image", "image_url": data_url(cases[0][0]), "detail": "auto"},
                {"type": "input_text", "text": cases[0][1]},
            ],
        }
    ],
    extra_headers={"X-Espalier-Point": cases[0][2]},
)
check("responses answer the same", made.output_text == expected[0]["text"], made.output_text)
text = ""
for event in client.responses.create(model=model, input="Say something.", max_output_tokens=8, stream=True):
    if event.type == "response.output_text.delta":
        text += event.delta
check("responses stream", event.type in ("response.completed", "response.incomplete") and event.response.output_text == text)

host = ollama.Client(arguments.address, headers={"Authorization": f"Bearer {arguments.key}"})
case = cases[0]
image = [case[0].read_bytes()]
made = host.chat(f"{model}@{case[2]}", [{"role": "user", "content": case[1], "images": image}], options={"num_predict": 64})
check("ollama's chat answers the same", made.message.content == expected[0]["text"], made.message.content)
made = host.generate(f"{model}@{case[2]}", case[1], images=image, options={"num_predict": 64}, stream=True)
check("ollama's generate answers the same", "".join(p.response for p in made) == expected[0]["text"])
made = host.chat(model, [{"role": "user", "content": "x"}], format=schema, options={"num_predict": 100})
check("ollama's format holds", isinstance(json.loads(made.message.content), dict))
check("ollama lists the model", any(m.model == model for m in host.list().models))

request = urllib.request.Request(arguments.address + "/metrics", headers={"Authorization": f"Bearer {arguments.key}"})
metrics = urllib.request.urlopen(request).read().decode()
check("metrics count answers", "espalier_requests_total{outcome=\"answered\"}" in metrics)

print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)

"""Writes reference.json: token ids of conversations with the reference model, as transformers' tokenizer has them.

Each image is its token, once.
"""
import json
import pathlib
import tokenizers
from transformers.utils.chat_template_utils import render_jinja_template

here = pathlib.Path(__file__).parent
model = here.parents[2] / "calib/reference-model"
tokenizer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
template = (model / "chat_template.jinja").read_text()


def part(text):
    return {"type": "text", "text": text}


IMAGE = {"type": "image"}
CONVERSATIONS = [
    (None, ["What digit is purple?"], [], [[IMAGE, part("What digit is purple?")]]),
    (None, ["What digit is purple?"], [], [[IMAGE, IMAGE, part("What digit is purple?")]]),
    ("Be brief.", ["Left <image>, right <image>."], [],
     [[part("Left "), IMAGE, part(", right "), IMAGE, part(".")]]),
    ("Be\nbrief. ", ["<image>Which?", "And\nnow?", "Here: <image>"], [" 7", "é 8 "],
     [[IMAGE, part("Which?")], [part("And\nnow?")], [part("Here: "), IMAGE]]),
]

golden = []
for system, prompts, replies, contents in CONVERSATIONS:
    messages = [] if system is None else [{"role": "system", "content": [part(system)]}]
    for index, content in enumerate(contents):
        messages.append({"role": "user", "content": content})
        if index < len(replies):
            messages.append({"role": "assistant", "content": [part(replies[index])]})
    texts, _ = render_jinja_template([messages], chat_template=template, add_generation_prompt=True)
    ids = tokenizer.encode(texts[0], add_special_tokens=True).ids
    images = sum(item == IMAGE for content in contents for item in content)
    golden.append({"system": system, "prompts": prompts, "replies": replies, "images": images, "ids": ids})
(here / "reference.json").write_text(json.dumps(golden) + "\n")

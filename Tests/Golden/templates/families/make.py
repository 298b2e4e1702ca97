"""Writes families.json: what each family's template prints for conversations, as transformers prints it.

The templates are those of the families' checkpoints, or shaped after them where the name says "-like".
"""
import json
import pathlib
from transformers.utils.chat_template_utils import render_jinja_template

here = pathlib.Path(__file__).parent
CHATML = ["<|im_start|>", "<|im_end|>"]
LLAMA3 = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
QWEN = CHATML + ["<|vision_start|>", "<|vision_end|>", "<|video_pad|>"]
# image token, other control tokens, bos, eos; then which contents are plain text: system, user, reply
FAMILIES = {
    "llava-vicuna": ("<image>", ["<s>", "</s>"], "<s>", "</s>", ""),
    "llava-interleave-qwen2": ("<image>", CHATML, None, "<|im_end|>", ""),
    "llava-next-mistral": ("<image>", ["<s>", "</s>"], "<s>", "</s>", ""),
    "llava-next-llama3": ("<image>", LLAMA3, "<|begin_of_text|>", "<|eot_id|>", ""),
    "llava-next-hermes": ("<image>", CHATML, "<s>", "<|im_end|>", ""),
    "llava-onevision": ("<image>", CHATML + ["<video>"], None, "<|im_end|>", ""),
    "qwen2-vl": ("<|image_pad|>", QWEN, None, "<|im_end|>", ""),
    "qwen2.5-vl-tools": ("<|image_pad|>", QWEN, None, "<|im_end|>", ""),
    "internvl3": ("<IMG_CONTEXT>", CHATML + ["<img>", "</img>", "<video>"], None, "<|im_end|>", ""),
    "smolvlm": ("<image>", CHATML + ["<end_of_utterance>"], "<|im_start|>", "<end_of_utterance>", ""),
    "smolvlm2": ("<image>", CHATML + ["<end_of_utterance>"], "<|im_start|>", "<end_of_utterance>", ""),
    "idefics3": ("<image>", LLAMA3 + ["<end_of_utterance>"], "<|begin_of_text|>", "<end_of_utterance>", ""),
    "string-vicuna": ("<image>", ["<s>", "</s>"], "<s>", "</s>", "system user reply"),
    "string-mistral": ("<image>", ["<s>", "</s>"], "<s>", "</s>", "system user reply"),
    "string-llama3": ("<image>", LLAMA3, "<|begin_of_text|>", "<|eot_id|>", "system user reply"),
    "string-chatml": ("<image>", CHATML, None, "<|im_end|>", "system user reply"),
    "llama3.2-dated": ("<image>", LLAMA3, "<|begin_of_text|>", "<|eot_id|>", "system"),
    "gemma-like": ("<start_of_image>", ["<bos>", "<start_of_turn>", "<end_of_turn>"], "<bos>", "<end_of_turn>", ""),
    "pixtral-like": ("[IMG]", ["<s>", "</s>", "[INST]", "[/INST]"], "<s>", "</s>", ""),
    "qwen3.5-like": ("<|image_pad|>", QWEN, None, "<|im_end|>", ""),
    "one-turn": ("<image>", ["</s>"], None, "</s>", ""),
}
# system, prompts, replies, images
CONVERSATIONS = [
    (None, ["What is this?"], [], 1),
    (None, ["What is this?"], [], 0),
    (None, ["  spaces \n"], [], 1),
    (None, ["  <image> spaces \n <image> \n"], [], 2),
    (None, ["Compare them."], [], 2),
    (None, ["A <image> or B <image>, which?"], [], 2),
    (None, ["<image><image>Same? <image>"], [], 3),
    (None, ["Look: <image>"], [], 1),
    ("Be brief.", ["What is this?"], [], 1),
    (" Be\nbrief. ", ["<image>What is this?"], [], 1),
    (None, ["What is this?", "And why?"], ["A cat."], 1),
    (None, ["<image>This?", "And <image>this?", "Why?"], ["A cat.", "\n A dog. "], 2),
    ("Be brief.", ["This?", "And this?", "Why?", "Sure?"], ["a", "b", "c"], 2),
    ("Be brief.", ["No image.", "And <image> here?"], ["é漢😀"], 1),
]


def contents(prompts, images, image_token, as_text):
    unplaced = images if not any("<image>" in prompt for prompt in prompts) else 0
    for prompt in prompts:
        if as_text:
            yield (image_token + "\n") * unplaced + prompt.replace("<image>", image_token)
        else:
            parts = [{"type": "image"}] * unplaced
            for index, text in enumerate(prompt.split("<image>")):
                parts += [{"type": "image"}] * (index > 0) + [{"type": "text", "text": text}] * (text != "")
            yield parts
        unplaced = 0


def part(text, as_text):
    return text if as_text else [{"type": "text", "text": text}]


def messages(system, prompts, replies, images, image_token, plain):
    if system is not None:
        yield {"role": "system", "content": part(system, "system" in plain)}
    for index, content in enumerate(contents(prompts, images, image_token, "user" in plain)):
        yield {"role": "user", "content": content}
        if index < len(replies):
            yield {"role": "assistant", "content": part(replies[index], "reply" in plain)}


def printed(template, conversation, image_token, bos, eos, plain):
    tokens = {"bos_token": bos, "eos_token": eos}
    try:
        texts, _ = render_jinja_template(
            [list(messages(*conversation, image_token, plain))], chat_template=template, add_generation_prompt=True,
            **{name: token for name, token in tokens.items() if token is not None})
        return texts[0]
    except Exception as error:
        assert "support" in str(error) or "alternate" in str(error) or "alone" in str(error), error
        return None


golden = {}
for name, (image_token, others, bos, eos, plain) in FAMILIES.items():
    template = (here / f"{name}.jinja").read_text()
    golden[name] = {
        "image": image_token, "special": others, "bos": bos, "eos": eos,
        "printed": [printed(template, c, image_token, bos, eos, plain) for c in CONVERSATIONS],
    }
conversations = [dict(zip(["system", "prompts", "replies", "images"], c)) for c in CONVERSATIONS]
(here / "families.json").write_text(
    json.dumps({"conversations": conversations, "families": golden}, indent=1, ensure_ascii=False) + "\n")

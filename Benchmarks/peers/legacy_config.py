"""transformers 5's checkpoint for transformers 4: python3 Benchmarks/peers/legacy_config.py CHECKPOINT FOLDER

Links to the files, a config.json that has the rotary settings under their older names too, a
preprocessor_config.json where the settings of pictures are among others, and a tokenizer_config.json without
a list that the older library takes for a dictionary and a class that it lacks. Needs nothing but python3.
"""

import json
import pathlib
import sys


def write(source, target):
    target.mkdir()
    for file in source.iterdir():
        if file.name not in ("config.json", "tokenizer_config.json"):
            (target / file.name).symlink_to(file.resolve())
    config = json.loads((source / "config.json").read_text())
    rope = config["text_config"]["rope_parameters"]
    older = {"rope_theta": rope["rope_theta"]}
    if "mrope_interleaved" in rope:
        older["rope_scaling"] = {key: value for key, value in rope.items() if key != "rope_theta"}
    elif "mrope_section" in rope:
        older["rope_scaling"] = {"type": "mrope", "mrope_section": rope["mrope_section"]}
    config["text_config"] |= older
    (target / "config.json").write_text(json.dumps(config | older, indent=2))
    picture, processor = target / "preprocessor_config.json", source / "processor_config.json"
    if not picture.exists():
        picture.write_text(json.dumps(json.loads(processor.read_text())["image_processor"], indent=2))
    words = json.loads((source / "tokenizer_config.json").read_text())
    words.pop("extra_special_tokens", None)
    if words["tokenizer_class"] == "TokenizersBackend":
        words["tokenizer_class"] = "PreTrainedTokenizerFast"
    (target / "tokenizer_config.json").write_text(json.dumps(words, indent=2))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

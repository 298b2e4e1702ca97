"""One configuration as a checkpoint folder, and back through transformers as any user would load it."""

import json
import tempfile
from pathlib import Path

import layouts
import torch
import vocabulary
import weights
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoImageProcessor, AutoTokenizer, PreTrainedTokenizerFast, ProcessorMixin, SmolVLMProcessor
from transformers.models.paligemma import processing_paligemma
from transformers.models.smolvlm import processing_smolvlm

# Video processors need torchvision and, for SmolVLM, num2words; no golden value has to do with videos or with sound.
ProcessorMixin.get_attributes = classmethod(lambda cls: ["image_processor", "tokenizer"])
_whole = ProcessorMixin.__init__


def _pictures_and_text(self, *args, **kwargs):
    for absent in ("feature_extractor", "video_processor"):
        if kwargs.get(absent, ...) is None:
            kwargs.pop(absent)
    _whole(self, *args, **kwargs)


ProcessorMixin.__init__ = _pictures_and_text
processing_smolvlm.num2words = str
processing_paligemma.EXTRA_TOKENS = vocabulary.PLACES
SmolVLMProcessor.__init__.__defaults__ = (None, *SmolVLMProcessor.__init__.__defaults__)
TYPES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


def words(kind):
    tokenizer, first, last, named = vocabulary.KINDS[kind]()
    special = dict(eos_token=last, pad_token=last if first is None else None, bos_token=first, unk_token=None)
    if kind in ("llama", "mistral", "mistral3", "gemma3"):
        special |= dict(unk_token="<unk>", pad_token="<pad>")
    if kind in ("granite", "granite4"):
        special |= dict(unk_token=last, pad_token=last)
    if kind in ("gemma4", "paligemma"):
        special |= dict(unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")
    special = {key: value for key, value in special.items() if value is not None}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=2048,
        clean_up_tokenization_spaces=False,
        extra_special_tokens=named,
        **special,
    )


class Checkpoint:
    """The files of a configuration in `folder`, all but the weights; these come with `fill`."""

    def __init__(self, family, classes, spec, folder):
        self.family, self.spec, self.folder = family, spec, folder
        self.model_class, self.processor_class = classes
        self.layout, self.dtype = spec.get("layout", "v5"), spec.get("dtype", "F32")
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.iterdir():
            stale.unlink()
        tokenizer = words(spec["tokenizer"])
        self.configuration = spec["config"](tokenizer)
        parts = dict(image_processor=spec["picture"], tokenizer=tokenizer, chat_template=spec["template"])
        processor = self.processor_class(**parts, **spec["processor"])
        processor.save_pretrained(folder)
        model = self.model_class(self.configuration)
        generation = model.generation_config
        generation.bos_token_id, generation.eos_token_id = tokenizer.bos_token_id, tokenizer.eos_token_id
        generation.pad_token_id = tokenizer.pad_token_id
        if "ends" in spec:
            generation.eos_token_id = tokenizer.convert_tokens_to_ids(spec["ends"])
        with tempfile.TemporaryDirectory() as scratch:
            model.save_pretrained(scratch)
            self.plain = json.loads((Path(scratch) / "config.json").read_text())
            (folder / "generation_config.json").write_text((Path(scratch) / "generation_config.json").read_text())
            with safe_open(Path(scratch) / "model.safetensors", "pt") as file:
                saved = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}
        self.plain["dtype"] = TYPES[self.dtype]
        layouts.write(
            folder / "config.json", layouts.configuration(family, self.layout, self.plain, self.configuration)
        )
        layouts.processor(family, self.layout, folder)
        layouts.tokenizer(family, self.layout, folder, spec.get("template_in", "tokenizer_config.json"))
        tied = self.configuration.tie_word_embeddings
        self.names = {name: layouts.name(family, self.layout, name) for name in saved}
        gain = spec.get("gain", 1.3)
        shards = spec.get("shards", 1)
        # Real checkpoints may have tensors that the model has no place for.
        present = saved | spec.get("unused", lambda configuration: {})(self.configuration)
        self.entries = []
        for index, (name, shape) in enumerate(present.items()):
            scale, offset = weights.scales(name, shape, tied, gain)
            if family in ("gemma3", "paligemma") and name.startswith("language_model"):
                scale, offset = weights.scales_of_gemma(name, scale, offset)
            if family == "gemma4":
                scale, offset = weights.scales_of_gemma4(name, shape, scale, offset)
            if (family == "qwen3_5" and not name.startswith("model.visual")) or (
                family == "minicpmv4_6" and "language_model" in name
            ):
                scale, offset = weights.scales_of_qwen35(name, scale, offset)
            entry = dict(name=self.names.get(name, name), dtype=self.dtype, shape=shape, a=scale, b=offset)
            if shards > 1:
                entry["shard"] = index * shards // len(present)
            self.entries.append(entry)
        self.shards = shards

    def processor(self):
        """Read back from the folder: from the files of its generation."""
        return self.processor_class.from_pretrained(self.folder)

    def model(self, salt):
        """Float32 on the values as stored, read back from the folder's own layout."""
        tensors = weights.fill(self.entries, salt)
        with tempfile.TemporaryDirectory() as scratch:
            scratch = Path(scratch)
            for name in ("config.json", "generation_config.json"):
                (scratch / name).write_text((self.folder / name).read_text())
            self.save(scratch, tensors)
            return self.load(scratch)

    def save(self, scratch, tensors):
        if self.shards == 1:
            save_file(tensors, scratch / "model.safetensors", metadata={"format": "pt"})
            return
        index = {}
        for shard in range(self.shards):
            file = f"model-{shard + 1:05}-of-{self.shards:05}.safetensors"
            part = {entry["name"]: tensors[entry["name"]] for entry in self.entries if entry["shard"] == shard}
            save_file(part, scratch / file, metadata={"format": "pt"})
            index |= {name: file for name in part}
        layouts.write(scratch / "model.safetensors.index.json", {"metadata": {"total_size": 0}, "weight_map": index})

    def load(self, scratch):
        model, report = self.model_class.from_pretrained(scratch, dtype=torch.float32, output_loading_info=True)
        wrong = {key: value for key, value in report.items() if value}
        if wrong:
            raise RuntimeError(f"{self.folder}: transformers reads the checkpoint differently: {wrong}")
        self.agree(model.config)
        return model.eval()

    def agree(self, loaded):
        """A rewritten config.json must mean what the original means."""
        loaded = json.loads(json.dumps(loaded.to_dict()))
        (loaded["text_config"].get("rope_parameters") or {}).pop("type", None)
        for part in ("text_config", "vision_config"):
            for key, value in self.plain[part].items():
                if loaded[part].get(key, value) != value and key not in ("dtype", "layer_types", "full_attn_idxs"):
                    raise RuntimeError(f"{self.folder}: {part}.{key} is {loaded[part][key]}, not {value}")

    def same_in_original_layout(self, salt, model, inputs):
        """The values under the names transformers 5 gives them lead to the same logits."""
        tensors = weights.fill(self.entries, salt)
        with tempfile.TemporaryDirectory() as scratch:
            scratch = Path(scratch)
            layouts.write(scratch / "config.json", self.plain)
            save_file(
                {name: tensors[new] for name, new in self.names.items()},
                scratch / "model.safetensors",
                {"format": "pt"},
            )
            other = self.model_class.from_pretrained(scratch, dtype=torch.float32).eval()
        with torch.no_grad():
            difference = (model(**inputs).logits - other(**inputs).logits).abs().max().item()
        if difference != 0:
            raise RuntimeError(f"{self.folder}: logits differ by {difference} between layouts")

"""The three generations of checkpoint folders, made from what transformers 5 saves.

hub   before 2025: `language_model.model...` and `vision_tower.vision_model...`, defaults left out of config.json,
      Qwen's config flat, preprocessor_config.json, the chat template inside tokenizer_config.json
v4    transformers 4.52 and later: `model.language_model...`, nested and complete config.json with `rope_scaling`,
      preprocessor_config.json, chat_template.jinja
v5    as transformers 5 saves it: one processor_config.json, `rope_parameters`, chat_template.jinja

Gemma 4 came with transformers 5; its `hub` folders are as they were released, before `per_layer_config`.
"""

import json

QWEN = ("qwen2_vl", "qwen2_5_vl")
# Whose tensors have had one name each.
RECENT = ("idefics3", "smolvlm", "qwen3_vl", "qwen3_5", "minicpmv4_6", "gemma4", "granite4_vision")
LLAVA = ("llava", "llava_next", "llava_onevision", "granite_vision")


def name(family, layout, saved):
    """The tensor that transformers 5 saves as `saved`, in another generation."""
    if layout == "v5" or family in RECENT:
        return saved
    if family in QWEN:
        if layout == "hub" or saved.startswith("lm_head"):
            return saved
        return f"model.{saved}" if saved.startswith("visual") else saved.replace("model.", "model.language_model.", 1)
    if family == "lfm2_vl":
        return saved.replace("vision_tower.", "vision_tower.vision_model.", 1)
    if family in (*LLAVA, "gemma3", "paligemma") and saved.startswith("vision_tower."):
        saved = saved.replace("vision_tower.", "vision_tower.vision_model.", 1)
    if layout == "hub":
        return saved
    if saved.startswith("language_model.lm_head"):
        return saved.removeprefix("language_model.")
    return "model." + saved.replace("language_model.model.", "language_model.", 1)


def old_rope(text, brief):
    """`rope_parameters` as the pair `rope_theta` and `rope_scaling`."""
    settings = dict(text.pop("rope_parameters", None) or {})
    text["rope_theta"] = settings.pop("rope_theta", 10000.0)
    kind = settings.pop("rope_type", "default")
    if "mrope_section" in settings:
        new = {"type": "mrope"} if brief else {"rope_type": "default", "type": "default"}
        text["rope_scaling"] = new | settings
    elif kind == "default":
        text["rope_scaling"] = None
    else:
        text["rope_scaling"] = {"type" if brief and kind in ("linear", "dynamic") else "rope_type": kind} | settings


def older_gemma(text, brief):
    """A base for each kind of layers beside each other, and in the first release a number instead of their list."""
    ropes = text.pop("rope_parameters")
    text["rope_theta"] = ropes["full_attention"].pop("rope_theta")
    text["rope_local_base_freq"] = ropes["sliding_attention"]["rope_theta"]
    plain = ropes["full_attention"]["rope_type"] == "default"
    text["rope_scaling"] = None if plain else ropes["full_attention"]
    pattern = text.pop("_sliding_window_pattern", 6)
    if brief:
        text.pop("layer_types")
        text["sliding_window_pattern"] = pattern


def released_gemma4(settings):
    """A width and a number of the full layers' heads beside those of all, and the soft tokens of a picture."""
    text, vision = settings["text_config"], settings["vision_config"]
    # Empty where the full layers' heads are as those of all.
    wide = next(iter(text.pop("per_layer_config").values()), {})
    text["global_head_dim"] = wide.get("head_dim", text["head_dim"])
    text["num_global_key_value_heads"] = wide.get("num_key_value_heads")
    vision["rope_parameters"]["rope_type"] = "default"
    vision |= {"default_output_length": 280, "global_head_dim": vision["head_dim"]}
    return settings | {
        "vision_soft_tokens_per_image": 280,
        "eos_token_id": [text["eos_token_id"]],
        "transformers_version": "5.5.0",
    }


def released_granite4(settings):
    """Nothing of the projectors' layers, whose shape followed from the tower."""
    old_rope(settings["text_config"], False)
    settings["text_config"]["model_type"] = "granite"
    settings.pop("qformer_config")
    named = {"use_image_newline_parameter": True, "use_spatial_sampling": True, "spatial_stride": 2}
    return settings | named | {"projector_hidden_act": "gelu", "ignore_index": -100, "transformers_version": "4.57.1"}


def without_defaults(settings, configuration):
    """`settings` less what `configuration` has anyway when it is made from nothing."""
    defaults = json.loads(json.dumps(type(configuration)().to_dict()))
    defaults |= {"rope_theta": getattr(configuration, "default_theta", 10000.0), "rope_scaling": None}
    heads = settings.get("num_attention_heads")
    if "head_dim" in settings and not configuration.model_type.startswith("gemma"):
        defaults["head_dim"] = settings["hidden_size"] // heads
        if configuration.model_type != "mistral":
            defaults["num_key_value_heads"] = heads
    kept = {key: value for key, value in settings.items() if key not in defaults or defaults[key] != value}
    return {key: value for key, value in kept.items() if key not in ("initializer_range", "layer_types", "dtype")}


def configuration(family, layout, settings, configuration):
    if layout == "v5":
        return settings
    settings = json.loads(json.dumps(settings))
    if family == "gemma4":
        return released_gemma4(settings)
    if family == "granite4_vision":
        return released_granite4(settings)
    settings["torch_dtype"] = settings.pop("dtype")
    settings["transformers_version"] = "4.36.0" if layout == "hub" else "4.52.1"
    text, vision = settings["text_config"], settings["vision_config"]
    if family == "gemma3":
        older_gemma(text, layout == "hub")
        vision["torch_dtype"] = text["torch_dtype"] = settings["torch_dtype"]
        return settings
    old_rope(text, layout == "hub")
    vision.pop("rope_parameters", None)
    if family == "lfm2_vl":
        # The first release: other names of the FFN's width, of the tied table and of the layers with attention.
        if layout == "hub":
            types = text.pop("layer_types")
            text["full_attn_idxs"] = [layer for layer, kind in enumerate(types) if kind == "full_attention"]
            text["block_ff_dim"] = text.pop("intermediate_size")
            text["tie_embedding"] = text.pop("tie_word_embeddings")
            settings["tie_embedding"] = settings.pop("tie_word_embeddings")
            settings |= {"vision_feature_layer": -1, "vision_feature_select_strategy": "default"}
        return settings
    if family == "mistral3":
        vision["rope_theta"] = configuration.vision_config.rope_parameters["rope_theta"]
    if family == "paligemma":
        # Attention to what comes later went without saying.
        text.pop("use_bidirectional_attention")
    if layout == "v4":
        text["torch_dtype"] = settings["torch_dtype"]
        if family in QWEN:
            text["tie_word_embeddings"] = settings["tie_word_embeddings"]
        return settings
    kinds = text["model_type"], vision["model_type"]
    text = without_defaults(text, configuration.text_config)
    vision = without_defaults(vision, configuration.vision_config)
    if family in QWEN:
        text.pop("model_type", None)
        settings.pop("text_config")
        if family == "qwen2_vl":
            vision |= {"in_chans": 3, "spatial_patch_size": configuration.vision_config.patch_size}
        vision.pop("model_type", None)
        return settings | text | {"vision_config": vision}
    text["model_type"], vision["model_type"] = kinds
    if family == "mistral3":
        # Nothing said whether the head is a table of its own: the tensors do.
        settings.pop("tie_word_embeddings")
    if family == "paligemma":
        # An activation that no layer has.
        vision |= {"num_image_tokens": text["num_image_tokens"], "projector_hidden_act": "gelu_fast"}
        settings |= {"ignore_index": -100, "_vocab_size": settings["vocab_size"]}
        settings |= {key: getattr(configuration.text_config, key) for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    if family in LLAVA:
        vision |= {"vocab_size": 32000}
        settings |= {"ignore_index": -100, "vocab_size": text["vocab_size"]}
        if settings.get("image_seq_length") is not None:
            settings.pop("image_seq_length")
        if settings.get("multimodal_projector_bias"):
            settings.pop("multimodal_projector_bias")
    return settings | {"text_config": text, "vision_config": vision}


def processor(family, layout, folder):
    """Takes processor_config.json apart for the older generations; adds what a machine with video support saves."""
    path = folder / "processor_config.json"
    settings = json.loads(path.read_text())
    if family == "gemma4":
        # One file from the first release on, with parts for sound and videos whose numbers are none of a picture's.
        settings["feature_extractor"] = {"feature_extractor_type": "Gemma4AudioFeatureExtractor", "sampling_rate": 16000}
        settings["video_processor"] = {"do_normalize": True, "max_soft_tokens": 140, "patch_size": 11, "resample": 2}
        if layout == "hub":
            settings["image_processor"]["image_seq_length"] = settings["image_seq_length"]
        write(path, settings)
        return
    if layout == "v5":
        if family in (*QWEN, "qwen3_vl", "qwen3_5", "llava_onevision", "internvl", "smolvlm"):
            settings["video_processor"] = {"do_resize": True, "size": {"shortest_edge": 11, "longest_edge": 13}}
        write(path, settings)
        return
    picture = settings.pop("image_processor") | {"processor_class": settings["processor_class"]}
    if family in QWEN:
        size = picture.pop("size")
        picture |= {"min_pixels": size["shortest_edge"], "max_pixels": size["longest_edge"]}
        picture.pop("do_pad", None)
    if family == "llava" and layout == "hub":
        picture.pop("do_pad", None)
        picture["image_processor_type"] = "CLIPImageProcessor"
    if family == "lfm2_vl":
        picture["image_processor_type"] += "Fast"
    if layout == "hub":
        # Older files leave the filter's number and the factor in, but not the processor's own newer keys.
        for key in ("data_format", "device", "input_data_format", "return_tensors"):
            picture.pop(key, None)
    write(folder / "preprocessor_config.json", picture)
    if family in (*QWEN, "qwen3_vl", "qwen3_5"):
        path.unlink()
    else:
        write(path, settings)


def tokenizer(family, layout, folder, template_in):
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    if family == "gemma4":
        if layout == "hub":
            settings |= {"tokenizer_class": "GemmaTokenizer", "padding_side": "left"}
        write(path, settings)
        return
    if layout != "v5":
        for key in ("backend", "is_local"):
            settings.pop(key, None)
        added = json.loads((folder / "tokenizer.json").read_text())["added_tokens"]
        # The tokenizer of Qwen3.5 knows none of its own.
        settings["added_tokens_decoder"] = {
            str(token["id"]): {key: value for key, value in token.items() if key != "id"}
            for token in (added if family in ("qwen3_5", "minicpmv4_6") else added[:3])
        }
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    write(path, settings)
    if family == "paligemma" and layout == "hub":
        # The tokenizer would start every text by itself; the processor tells it not to.
        path = folder / "tokenizer.json"
        words = json.loads(path.read_text())
        first, text = {"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
        ids = {"<bos>": {"id": "<bos>", "ids": [2], "tokens": ["<bos>"]}}
        words["post_processor"] |= {"single": [first, text], "special_tokens": ids}
        write(path, words)
    template = folder / "chat_template.jinja"
    if layout == "hub" and template.exists():
        holder = folder / template_in
        settings = json.loads(holder.read_text()) if holder.exists() else {}
        write(holder, settings | {"chat_template": template.read_text()})
        template.unlink()


def write(path, settings):
    path.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n")

"""A checkpoint as llama.cpp reads it: python3 Benchmarks/peers/convert_gguf.py CHECKPOINT FOLDER

Writes FOLDER/language.bf16.gguf (llama-quantize makes the smaller ones of it) and FOLDER/vision.bf16.gguf
and vision.q8_0.gguf ("clip") for LLaVA, SmolVLM, Qwen3-VL, Qwen3.5, LFM2-VL and Gemma 3. The tokenizer is the
checkpoint's, filled up to the size of the embedding with words that no text has, which llama.cpp's own
converter does not do. Needs gguf, numpy, safetensors and torch.
"""

import json
import math
import pathlib
import sys

import gguf
import numpy as np
import safetensors

# Of a language model and of a projector, as llama.cpp names them.
ARCHITECTURES = {"llava": "llama", "smolvlm": "llama", "qwen3_vl": "qwen3vl", "lfm2_vl": "lfm2"}
ARCHITECTURES |= {"gemma3": "gemma3", "qwen3_5": "qwen35"}
PROJECTORS = {"llava": "mlp", "smolvlm": "idefics3", "qwen3_vl": "qwen3vl_merger", "lfm2_vl": "lfm2"}
PROJECTORS |= {"gemma3": "gemma3", "qwen3_5": "qwen3vl_merger"}
# Where words without bytes of their own are cut.
CUTS = {"smolvlm": "smollm", "qwen3_vl": "qwen2", "qwen3_5": "qwen35", "lfm2_vl": "lfm2"}
# Text with the words around a question; llama.cpp puts its own marker of a picture into the content.
# The templates of other families take plain text as it is.
TEMPLATES = {
    "llava": "{% for message in messages %}{{ message['role'].upper() + ': ' + message['content'] + ' ' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}",
    "smolvlm": "<|im_start|>{% for message in messages %}"
    "{{ message['role'] | capitalize + ':' + message['content'] }}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
    # The checkpoint's would strip the empty line that the processor puts before a picture.
    "gemma3": "{% for message in messages %}<start_of_turn>{{ message['role'] + '\n\n\n' + message['content'] }}"
    "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
}
# Families whose queries and keys llama.cpp turns in pairs, not in halves.
PAIRS = ("llava", "smolvlm")
# Families whose norms multiply by a weight and one; that of Qwen3.5's delta rule does not.
FROM_ONE = ("gemma3", "qwen3_5")
# Families with positions in three dimensions and this tower.
QWENS = ("qwen3_vl", "qwen3_5")
LANGUAGE_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    # Qwen3
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    # LFM2
    "operator_norm": "attn_norm",
    "self_attn.q_layernorm": "attn_q_norm",
    "self_attn.k_layernorm": "attn_k_norm",
    "self_attn.out_proj": "attn_output",
    "conv.in_proj": "shortconv.in_proj",
    "conv.conv": "shortconv.conv",
    "conv.out_proj": "shortconv.out_proj",
    "ffn_norm": "ffn_norm",
    "feed_forward.w1": "ffn_gate",
    "feed_forward.w3": "ffn_up",
    "feed_forward.w2": "ffn_down",
}
# Gemma 3 has norms behind attention and FFN, and calls that before the FFN another name.
GEMMA_LAYER = LANGUAGE_LAYER | {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
# Qwen3.5 names the norm before the FFN as others do; llama.cpp calls it by what is before it.
QWEN35_LAYER = LANGUAGE_LAYER | {
    "post_attention_layernorm": "post_attention_norm",
    "linear_attn.in_proj_qkv": "attn_qkv",
    "linear_attn.in_proj_z": "attn_gate",
    "linear_attn.in_proj_a": "ssm_alpha",
    "linear_attn.in_proj_b": "ssm_beta",
    "linear_attn.conv1d": "ssm_conv1d",
    "linear_attn.A_log": "ssm_a",
    "linear_attn.dt_bias": "ssm_dt.bias",
    "linear_attn.norm": "ssm_norm",
    "linear_attn.out_proj": "ssm_out",
}
LAYERS = {"gemma3": GEMMA_LAYER, "qwen3_5": QWEN35_LAYER}
VISION_LAYER = {
    "layer_norm1": "ln1",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.out_proj": "attn_out",
    "layer_norm2": "ln2",
    "mlp.fc1": "ffn_up",
    "mlp.fc2": "ffn_down",
    # Qwen3-VL
    "norm1": "ln1",
    "attn.qkv": "attn_qkv",
    "attn.proj": "attn_out",
    "norm2": "ln2",
    "mlp.linear_fc1": "ffn_up",
    "mlp.linear_fc2": "ffn_down",
}
VISION = {
    "embeddings.class_embedding": "v.class_embd",
    "embeddings.patch_embedding.weight": "v.patch_embd.weight",
    "embeddings.patch_embedding.bias": "v.patch_embd.bias",
    "embeddings.position_embedding.weight": "v.position_embd.weight",
    "pre_layrnorm.weight": "v.pre_ln.weight",
    "pre_layrnorm.bias": "v.pre_ln.bias",
    # Qwen3-VL
    "patch_embed.proj.bias": "v.patch_embd.bias",
    "pos_embed.weight": "v.position_embd.weight",
    # Gemma 3
    "multi_modal_projector.mm_input_projection_weight": "mm.input_projection.weight",
    "multi_modal_projector.mm_soft_emb_norm.weight": "mm.soft_emb_norm.weight",
}
PROJECTOR = {
    "multi_modal_projector.linear_1": "mm.0",
    "multi_modal_projector.linear_2": "mm.2",
    "model.connector.modality_projection.proj": "mm.model.fc",
    # Qwen3-VL
    "model.visual.merger.norm": "v.post_ln",
    "model.visual.merger.linear_fc1": "mm.0",
    "model.visual.merger.linear_fc2": "mm.2",
    # LFM2-VL
    "model.multi_modal_projector.layer_norm": "mm.input_norm",
    "model.multi_modal_projector.linear_1": "mm.1",
    "model.multi_modal_projector.linear_2": "mm.2",
}
LANGUAGE_STARTS = ("language_model.model.", "model.text_model.", "model.language_model.")
VISION_STARTS = ("model.", "vision_tower.", "vision_model.", "visual.")


def tensors(checkpoint):
    """Names and float32 values, one at a time."""
    for path in sorted(checkpoint.glob("*.safetensors")):
        with safetensors.safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name).float().numpy()


def renamed(name, start, layer_names, layer_start):
    """`layers.3.b.weight` as `blk.3.B.weight`, or nothing when it is no layer's."""
    parts = name.removeprefix(start).split(".")
    # Some parameters belong to the layer itself, not to a module that has a weight.
    whole = layer_names.get(".".join(parts[1:]))
    if whole:
        return f"{layer_start}blk.{parts[0]}.{whole}"
    inner = layer_names.get(".".join(parts[1:-1]))
    return inner and f"{layer_start}blk.{parts[0]}.{inner}.{parts[-1]}"


def rotary(values, heads):
    """Rows of a query or key matrix from halves, as transformers turns them, to pairs, as llama.cpp does."""
    return values.reshape(heads, 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)


def add(writer, name, values, kind):
    """Matrices in the given format, float16 where their rows do not fit its blocks; anything else as float32."""
    # llama.cpp convolves in float32 only.
    is_float = "embd" in name and name.startswith("v.") or ".ssm_conv1d." in name
    if values.ndim != 2 or is_float:
        kind = gguf.GGMLQuantizationType.F32
    elif values.shape[1] % gguf.GGML_QUANT_SIZES[kind][0]:
        # As llama.cpp's own converter does.
        kind = gguf.GGMLQuantizationType.F16
    writer.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(values), kind), raw_dtype=kind)


def add_vocabulary(writer, checkpoint, family, size):
    tokenizer = json.loads((checkpoint / "tokenizer.json").read_text())
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"] if token["special"]}
    words = {
        **tokenizer["model"]["vocab"],
        **{token["content"]: token["id"] for token in tokenizer["added_tokens"]},
    }
    tokens = [f"<filler_{index}>" for index in range(size)]
    types = [gguf.TokenType.NORMAL] * size
    for word, index in words.items():
        tokens[index] = word
        if word in special:
            types[index] = gguf.TokenType.CONTROL
        elif word.startswith("<0x") and tokenizer["model"].get("byte_fallback"):
            types[index] = gguf.TokenType.BYTE
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    if tokenizer["model"].get("byte_fallback"):
        ranks = {merge.replace(" ", ""): rank for rank, merge in reversed(list(enumerate(merges)))}
        writer.add_tokenizer_model("llama")
        writer.add_add_space_prefix(family != "gemma3")
        writer.add_token_scores([-float(ranks.get(word, len(merges))) for word in tokens])
    else:
        # Before SmolVLM's picture llama.cpp writes two line breaks as one token.
        if family == "smolvlm" and "ĊĊ" not in words:
            tokens[-1] = "ĊĊ"
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(CUTS[family])
        writer.add_token_merges(merges)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    settings = json.loads((checkpoint / "tokenizer_config.json").read_text())
    if "bos_token" in settings:
        writer.add_bos_token_id(words[settings["bos_token"]])
    writer.add_eos_token_id(words[settings["eos_token"]])
    # The template of SmolVLM begins with its first token itself, Qwen3-VL has none.
    writer.add_add_bos_token(family in ("llava", "lfm2_vl", "gemma3"))
    writer.add_add_eos_token(False)


def write_language(checkpoint, config, path):
    text, family = config["text_config"], config["model_type"]
    layers, kinds = text["num_hidden_layers"], text.get("layer_types", [])
    head = text.get("head_dim") or text["hidden_size"] // text["num_attention_heads"]
    keys = text["num_key_value_heads"]
    writer = gguf.GGUFWriter(path, ARCHITECTURES[family])
    writer.add_block_count(layers)
    writer.add_context_length(text["max_position_embeddings"])
    writer.add_embedding_length(text["hidden_size"])
    writer.add_head_count(text["num_attention_heads"])
    # A layer without keys is a convolution.
    writer.add_head_count_kv([0 if kind == "conv" else keys for kind in kinds] if "conv" in kinds else keys)
    writer.add_key_length(head)
    writer.add_value_length(head)
    rope = text["rope_parameters"]
    rope = rope.get("full_attention", rope)
    writer.add_rope_dimension_count(int(head * rope.get("partial_rotary_factor", 1)))
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_layer_norm_rms_eps(text.get("rms_norm_eps") or text["norm_eps"])
    writer.add_vocab_size(text["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
    if family in QWENS:
        writer.add_rope_dimension_sections([*rope["mrope_section"], 0])
    if family == "qwen3_vl":
        writer.add_num_deepstack_layers(len(config["vision_config"]["deepstack_visual_indexes"]))
    if family == "qwen3_5":
        # llama.cpp has one width for keys and values; it would want more heads of values in another order.
        size, count = text["linear_value_head_dim"], text["linear_num_value_heads"]
        assert (size, count) == (text["linear_key_head_dim"], text["linear_num_key_heads"])
        writer.add_ssm_conv_kernel(text["linear_conv_kernel_dim"])
        writer.add_ssm_state_size(size)
        writer.add_ssm_group_count(count)
        writer.add_ssm_time_step_rank(count)
        writer.add_ssm_inner_size(size * count)
        recurrent = [kind == "linear_attention" for kind in kinds]
        writer.add_array(f"{ARCHITECTURES[family]}.attention.recurrent_layers", recurrent)
    if family == "lfm2_vl":
        writer.add_shortconv_l_cache(text["conv_L_cache"])
    if family == "gemma3":
        # llama.cpp divides by the root of a head's width, and scales the embedding by itself.
        assert text["query_pre_attn_scalar"] == head
        writer.add_sliding_window(text["sliding_window"])
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in kinds])
        writer.add_rope_freq_base_swa(text["rope_parameters"]["sliding_attention"]["rope_theta"])
        if rope["rope_type"] == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])
    add_vocabulary(writer, checkpoint, family, text["vocab_size"])
    template = TEMPLATES.get(family) or (checkpoint / "chat_template.jinja").read_text()
    if family == "qwen3_5":
        # Without a word on it transformers and Espalier ask for no thoughts, llama.cpp does.
        template = "{% set enable_thinking = false %}" + template
    writer.add_chat_template(template)
    ends = {"embed_tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
    ends |= {"embedding_norm.weight": "token_embd_norm.weight"}
    heads = {"attn_q": text["num_attention_heads"], "attn_k": keys} if family in PAIRS else {}
    layer_names = LAYERS.get(family, LANGUAGE_LAYER)
    width = None
    for name, values in tensors(checkpoint):
        if name.endswith("lm_head.weight"):
            new = "output.weight"
        else:
            starts = [start for start in LANGUAGE_STARTS if name.startswith(start)]
            if not starts:
                continue
            inner = name.removeprefix(starts[0])
            new = ends.get(inner) or renamed(inner, "layers.", layer_names, "")
        turning = next((count for part, count in heads.items() if f".{part}." in new), None)
        if ".shortconv.conv." in new or ".ssm_conv1d." in new:
            values = values.squeeze(1)
        if family in FROM_ONE and "norm." in new and ".ssm_norm." not in new:
            values = values + 1
        if new.endswith(".ssm_a"):
            values = -np.exp(values)
        if ".ffn_gate." in new:
            width = len(values)
        add(writer, new, rotary(values, turning) if turning else values, gguf.GGMLQuantizationType.BF16)
    # LFM2 makes another width of the configuration's.
    writer.add_feed_forward_length(width)
    finish(writer)


def picture_settings(checkpoint):
    path = checkpoint / "preprocessor_config.json"
    if path.exists():
        return json.loads(path.read_text())
    return json.loads((checkpoint / "processor_config.json").read_text())["image_processor"]


def write_vision(checkpoint, config, path, kind):
    vision, family = config["vision_config"], config["model_type"]
    picture = picture_settings(checkpoint)
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", PROJECTORS[family])
    writer.add_bool("clip.use_gelu", vision.get("hidden_act", "").startswith("gelu"))
    sizes = dict(patch_size="patch_size", embedding_length="hidden_size")
    sizes |= {"feed_forward_length": "intermediate_size"}
    # With the projector "mlp" llama.cpp leaves the last layer out by itself, as the checkpoint says.
    sizes |= {"block_count": "num_hidden_layers", "attention.head_count": "num_attention_heads"}
    if family in QWENS:
        sizes |= {"block_count": "depth", "attention.head_count": "num_heads"}
    for key, setting in sizes.items():
        writer.add_uint32(f"clip.vision.{key}", vision[setting])
    # Where pictures may have any size, that of the table of positions.
    places = vision.get("num_position_embeddings") or vision.get("num_patches")
    side = vision.get("image_size") or math.isqrt(places) * vision["patch_size"]
    writer.add_uint32("clip.vision.image_size", side)
    writer.add_uint32("clip.vision.projection_dim", config["text_config"]["hidden_size"])
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", vision.get("layer_norm_eps", 1e-6))
    writer.add_array("clip.vision.image_mean", picture["image_mean"])
    writer.add_array("clip.vision.image_std", picture["image_std"])
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{kind.name}"])
    names, owners = dict(VISION), dict(PROJECTOR)
    if family == "smolvlm":
        writer.add_uint32("clip.vision.projector.scale_factor", config["scale_factor"])
        writer.add_uint32("clip.vision.preproc_image_size", picture["size"]["longest_edge"])
    if family == "lfm2_vl":
        writer.add_uint32("clip.vision.projector.scale_factor", config["downsample_factor"])
    if family == "gemma3":
        tokens = math.isqrt(config["mm_tokens_per_image"])
        writer.add_uint32("clip.vision.projector.scale_factor", side // vision["patch_size"] // tokens)
    if family in QWENS:
        writer.add_uint32("clip.vision.spatial_merge_size", vision["spatial_merge_size"])
        for index, layer in enumerate(vision.get("deepstack_visual_indexes", [])):
            for part, new in {"norm": "norm", "linear_fc1": "fc1", "linear_fc2": "fc2"}.items():
                owners[f"model.visual.deepstack_merger_list.{index}.{part}"] = f"v.deepstack.{layer}.{new}"
    if family != "llava":
        names |= {f"post_layernorm.{part}": f"v.post_ln.{part}" for part in ("weight", "bias")}
    for name, values in tensors(checkpoint):
        inner = name
        for start in VISION_STARTS:
            inner = inner.removeprefix(start)
        if inner == "patch_embed.proj.weight":
            # A filter for each of two pictures of a film.
            for frame, end in enumerate(("", ".1")):
                add(writer, f"v.patch_embd.weight{end}", values[:, :, frame], kind)
            continue
        if family == "lfm2_vl" and inner == "embeddings.patch_embedding.weight":
            values = values.reshape(len(values), vision["patch_size"], vision["patch_size"], -1)
            values = values.transpose(0, 3, 1, 2)
        owner, _, part = name.rpartition(".")
        new = f"{owners[owner]}.{part}" if owner in owners else names.get(inner)
        for start in ("encoder.layers.", "blocks."):
            if not new and inner.startswith(start):
                new = renamed(inner, start, VISION_LAYER, "v.")
        if new == "mm.soft_emb_norm.weight":
            values = values + 1
        # llama.cpp turns this one over for every picture, which it cannot do with blocks.
        is_turned = new == "mm.input_projection.weight"
        if new:
            add(writer, new, values, gguf.GGMLQuantizationType.F16 if is_turned else kind)
    finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    checkpoint, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((checkpoint / "config.json").read_text())
    write_language(checkpoint, config, folder / "language.bf16.gguf")
    for kind in (gguf.GGMLQuantizationType.BF16, gguf.GGMLQuantizationType.Q8_0):
        write_vision(checkpoint, config, folder / f"vision.{kind.name.lower()}.gguf", kind)

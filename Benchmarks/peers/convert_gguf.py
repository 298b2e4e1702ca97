"""A checkpoint as llama.cpp reads it: python3 Benchmarks/peers/convert_gguf.py CHECKPOINT FOLDER

Writes FOLDER/language.bf16.gguf (architecture "llama"; llama-quantize makes the smaller ones of it) and
FOLDER/vision.bf16.gguf and vision.q8_0.gguf ("clip"; projector "mlp" for LLaVA, "idefics3" for SmolVLM). The
tokenizer is the checkpoint's, filled up to the size of the embedding with words that no text has, which
llama.cpp's own converter does not do. Needs gguf, numpy, safetensors and torch.
"""

import json
import pathlib
import sys

import gguf
import numpy as np
import safetensors

# Text with the words around a question; llama.cpp puts its own marker of a picture into the content.
TEMPLATES = {
    "llava": "{% for message in messages %}{{ message['role'].upper() + ': ' + message['content'] + ' ' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}",
    "smolvlm": "<|im_start|>{% for message in messages %}"
    "{{ message['role'] | capitalize + ':' + message['content'] }}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
}
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
}
VISION_LAYER = {
    "layer_norm1": "ln1",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.out_proj": "attn_out",
    "layer_norm2": "ln2",
    "mlp.fc1": "ffn_up",
    "mlp.fc2": "ffn_down",
}
VISION = {
    "embeddings.class_embedding": "v.class_embd",
    "embeddings.patch_embedding.weight": "v.patch_embd.weight",
    "embeddings.patch_embedding.bias": "v.patch_embd.bias",
    "embeddings.position_embedding.weight": "v.position_embd.weight",
    "pre_layrnorm.weight": "v.pre_ln.weight",
    "pre_layrnorm.bias": "v.pre_ln.bias",
}
PROJECTOR = {
    "multi_modal_projector.linear_1": "mm.0",
    "multi_modal_projector.linear_2": "mm.2",
    "model.connector.modality_projection.proj": "mm.model.fc",
}


def tensors(checkpoint):
    """Names and float32 values, one at a time."""
    for path in sorted(checkpoint.glob("*.safetensors")):
        with safetensors.safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name).float().numpy()


def renamed(name, start, layer_names, layer_start):
    """`a.layers.3.b.weight` as `blk.3.B.weight`, or nothing when it is no layer's."""
    parts = name.removeprefix(start + "layers.").split(".")
    inner = layer_names.get(".".join(parts[1:-1]))
    return inner and f"{layer_start}blk.{parts[0]}.{inner}.{parts[-1]}"


def rotary(values, heads):
    """Rows of a query or key matrix from halves, as transformers turns them, to pairs, as llama.cpp does."""
    return values.reshape(heads, 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)


def add(writer, name, values, kind):
    """Matrices in the given format where their rows fit its blocks; anything else as float32."""
    is_plain = values.ndim != 2 or "embd" in name and name.startswith("v.") or values.shape[1] % 32
    kind = gguf.GGMLQuantizationType.F32 if is_plain else kind
    writer.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(values), kind), raw_dtype=kind)


def add_vocabulary(writer, checkpoint, size):
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
        writer.add_token_scores([-float(ranks.get(word, len(merges))) for word in tokens])
    else:
        # Before a picture llama.cpp writes two line breaks as one token.
        if "ĊĊ" not in words:
            tokens[-1] = "ĊĊ"
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("smollm")
        writer.add_token_merges(merges)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    settings = json.loads((checkpoint / "tokenizer_config.json").read_text())
    writer.add_bos_token_id(words[settings["bos_token"]])
    writer.add_eos_token_id(words[settings["eos_token"]])
    # The template of SmolVLM begins with its first token itself.
    writer.add_add_bos_token("<|im_start|>" not in words)
    writer.add_add_eos_token(False)


def write_language(checkpoint, config, path):
    text = config["text_config"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(text["num_hidden_layers"])
    writer.add_context_length(text["max_position_embeddings"])
    writer.add_embedding_length(text["hidden_size"])
    writer.add_feed_forward_length(text["intermediate_size"])
    writer.add_head_count(text["num_attention_heads"])
    writer.add_head_count_kv(text["num_key_value_heads"])
    writer.add_rope_dimension_count(text["head_dim"])
    writer.add_rope_freq_base(text["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(text["rms_norm_eps"])
    writer.add_vocab_size(text["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
    add_vocabulary(writer, checkpoint, text["vocab_size"])
    writer.add_chat_template(TEMPLATES[config["model_type"]])
    ends = {"embed_tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
    heads = {"attn_q": text["num_attention_heads"], "attn_k": text["num_key_value_heads"]}
    for name, values in tensors(checkpoint):
        if name.endswith("lm_head.weight"):
            new = "output.weight"
        else:
            starts = [
                start for start in ("language_model.model.", "model.text_model.") if name.startswith(start)
            ]
            if not starts:
                continue
            inner = name.removeprefix(starts[0])
            new = ends.get(inner) or renamed(inner, "", LANGUAGE_LAYER, "")
        turning = next((count for part, count in heads.items() if f".{part}." in new), None)
        add(writer, new, rotary(values, turning) if turning else values, gguf.GGMLQuantizationType.BF16)
    finish(writer)


def write_vision(checkpoint, config, path, kind):
    vision = config["vision_config"]
    picture = json.loads((checkpoint / "preprocessor_config.json").read_text())
    is_llava = config["model_type"] == "llava"
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "mlp" if is_llava else "idefics3")
    writer.add_bool("clip.use_gelu", vision.get("hidden_act", "").startswith("gelu"))
    sizes = dict(image_size="image_size", patch_size="patch_size", embedding_length="hidden_size")
    sizes |= {"feed_forward_length": "intermediate_size", "attention.head_count": "num_attention_heads"}
    # With the projector "mlp" llama.cpp leaves the last layer out by itself, as the checkpoint says.
    sizes |= {"block_count": "num_hidden_layers"}
    for key, setting in sizes.items():
        writer.add_uint32(f"clip.vision.{key}", vision[setting])
    writer.add_uint32("clip.vision.projection_dim", config["text_config"]["hidden_size"])
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", vision["layer_norm_eps"])
    writer.add_array("clip.vision.image_mean", picture["image_mean"])
    writer.add_array("clip.vision.image_std", picture["image_std"])
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{kind.name}"])
    names = dict(VISION)
    if not is_llava:
        writer.add_uint32("clip.vision.projector.scale_factor", config["scale_factor"])
        writer.add_uint32("clip.vision.preproc_image_size", picture["size"]["longest_edge"])
        names |= {f"post_layernorm.{part}": f"v.post_ln.{part}" for part in ("weight", "bias")}
    for name, values in tensors(checkpoint):
        inner = name.removeprefix("model.").removeprefix("vision_tower.").removeprefix("vision_model.")
        owner, _, part = name.rpartition(".")
        new = f"{PROJECTOR[owner]}.{part}" if owner in PROJECTOR else names.get(inner)
        if not new and inner.startswith("encoder."):
            new = renamed(inner, "encoder.", VISION_LAYER, "v.")
        if new:
            add(writer, new, values, kind)
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

"""Full-shape checkpoints of random weights: python3 Benchmarks/make_checkpoint.py SHAPE FOLDER

Shapes: smolvlm-256m, onevision-0.5b, llava-1.4b, llava-7b, qwen2-vl-2b, qwen3-vl-2b, qwen3.5-0.8b, internvl3.5-1b, minicpm-v-4.6, lfm2-vl-450m,
gemma-3-4b, gemma-4-e2b, ministral-3-3b, paligemma2-3b, granite-docling-258m, granite-vision-3.3-2b, granite-vision-4.1-4b.
The words are those of the tiny tokenizers in Tests/Golden/families; embedding and head have the full size all the same.
Needs torch and transformers.
"""

import json
import pathlib
import sys

import torch
import transformers as t

GOLDEN = pathlib.Path(__file__).parent.parent / "Tests/Golden/families"


def smolvlm():
    """SmolVLM-256M: SigLIP-B/16 at 512 pixels, pixel shuffle by 4, SmolLM2-135M."""
    vision = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
    text = dict(hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9)
    text |= dict(num_key_value_heads=3, vocab_size=49280, max_position_embeddings=8192, rope_theta=100000)
    config = t.SmolVLMConfig(
        vision_config=dict(vision, image_size=512, patch_size=16),
        text_config=dict(text, model_type="llama", rms_norm_eps=1e-5, tie_word_embeddings=False),
        scale_factor=4,
        tie_word_embeddings=False,
    )
    sizes = dict(size={"longest_edge": 2048}, max_image_size={"longest_edge": 512})
    return t.SmolVLMForConditionalGeneration, config, "smolvlm/split", sizes, dict(image_seq_len=64)


def onevision():
    """LLaVA-OneVision-0.5B: SigLIP-so400m/14 at 384 pixels, up to 6 x 6 tiles, Qwen2-0.5B."""
    pinpoints = [[rows * 384, columns * 384] for rows in range(1, 7) for columns in range(1, 7)]
    vision = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=26, num_attention_heads=16)
    text = dict(hidden_size=896, intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14)
    text |= dict(num_key_value_heads=2, vocab_size=152000, max_position_embeddings=32768, rope_theta=1e6)
    config = t.LlavaOnevisionConfig(
        vision_config=dict(
            vision, model_type="siglip_vision_model", image_size=384, patch_size=14, vision_use_head=False
        ),
        text_config=dict(text, model_type="qwen2", tie_word_embeddings=True),
        tie_word_embeddings=True,
        image_grid_pinpoints=pinpoints,
    )
    sizes = dict(size={"height": 384, "width": 384}, image_grid_pinpoints=pinpoints)
    tokens = dict(num_image_tokens=729)
    return t.LlavaOnevisionForConditionalGeneration, config, "llava_onevision/anyres-max-9", sizes, tokens


def llava(text):
    """LLaVA-1.5 over some Llama: CLIP-L/14 at 336 pixels, 576 visual tokens."""
    vision = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
    config = t.LlavaConfig(
        vision_config=dict(vision, model_type="clip_vision_model", image_size=336, patch_size=14),
        text_config=dict(text, model_type="llama", vocab_size=32000, max_position_embeddings=4096),
    )
    sizes = dict(size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336})
    return t.LlavaForConditionalGeneration, config, "llava/clip-llama", sizes, {}


def small_llava():
    """The same over a 1.1B Llama."""
    text = dict(hidden_size=2048, intermediate_size=5632, num_hidden_layers=22, num_attention_heads=32)
    return llava(dict(text, num_key_value_heads=4))


def large_llava():
    """The same over a 7B Llama."""
    text = dict(hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32)
    return llava(text)


def qwen_words(words):
    """Tokens around pictures of a tiny model."""
    tiny = json.loads((GOLDEN / words / "config.json").read_text())
    names = ("video_token_id", "vision_start_token_id", "vision_end_token_id")
    return {name: tiny[name] for name in names}


def qwen2_vl():
    """Qwen2-VL-2B: a tower of 32 layers at native resolution, merged by 2 x 2, Qwen2-1.5B."""
    vision = dict(depth=32, embed_dim=1280, num_heads=16, mlp_ratio=4, hidden_size=1536)
    text = dict(hidden_size=1536, intermediate_size=8960, num_hidden_layers=28, num_attention_heads=12)
    text |= dict(num_key_value_heads=2, vocab_size=151936, max_position_embeddings=32768, rms_norm_eps=1e-6)
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e6, mrope_section=[16, 24, 24]))
    text |= dict(tie_word_embeddings=True)
    words = "qwen2_vl/flat"
    config = t.Qwen2VLConfig(vision_config=vision, text_config=text, tie_word_embeddings=True, **qwen_words(words))
    return t.Qwen2VLForConditionalGeneration, config, words, dict(max_pixels=12845056), {}


def qwen3_vl():
    """Qwen3-VL-2B: a tower of 24 layers, three of which add features behind the first layers of Qwen3-1.7B."""
    vision = dict(depth=24, hidden_size=1024, intermediate_size=4096, num_heads=16, out_hidden_size=2048, patch_size=16)
    vision |= dict(num_position_embeddings=2304, deepstack_visual_indexes=[5, 11, 17], hidden_act="gelu_pytorch_tanh")
    text = dict(hidden_size=2048, intermediate_size=6144, num_hidden_layers=28, num_attention_heads=16, head_dim=128)
    text |= dict(num_key_value_heads=8, vocab_size=151936, max_position_embeddings=262144, rms_norm_eps=1e-6)
    rope = dict(rope_type="default", rope_theta=5e6, mrope_section=[24, 20, 20], mrope_interleaved=True)
    text |= dict(rope_parameters=rope, tie_word_embeddings=True)
    words = "qwen3_vl/tied"
    config = t.Qwen3VLConfig(vision_config=vision, text_config=text, tie_word_embeddings=True, **qwen_words(words))
    sizes = dict(patch_size=16, size=dict(longest_edge=16777216, shortest_edge=65536))
    return t.Qwen3VLForConditionalGeneration, config, words, sizes, {}


def qwen35():
    """Qwen3.5-0.8B: a tower of 12 layers at native resolution, 18 gated delta rules and 6 attention layers."""
    vision = dict(depth=12, hidden_size=768, intermediate_size=3072, num_heads=12, out_hidden_size=1024, patch_size=16)
    vision |= dict(num_position_embeddings=2304, hidden_act="gelu_pytorch_tanh")
    text = dict(hidden_size=1024, intermediate_size=3584, num_hidden_layers=24, num_attention_heads=8, head_dim=256)
    text |= dict(num_key_value_heads=2, vocab_size=248320, max_position_embeddings=262144, rms_norm_eps=1e-6)
    text |= dict(linear_num_key_heads=16, linear_num_value_heads=16, linear_key_head_dim=128, linear_value_head_dim=128)
    rope = dict(rope_type="default", rope_theta=1e7, mrope_section=[11, 11, 10], mrope_interleaved=True)
    text |= dict(rope_parameters=rope | dict(partial_rotary_factor=0.25), tie_word_embeddings=True)
    words = "qwen3_5/tied"
    config = t.Qwen3_5Config(vision_config=vision, text_config=text, tie_word_embeddings=True, **qwen_words(words))
    sizes = dict(patch_size=16, size=dict(longest_edge=16777216, shortest_edge=65536))
    return t.Qwen3_5ForConditionalGeneration, config, words, sizes, {}


def intern():
    """InternVL3.5-1B: InternViT-300M at 448 pixels, up to twelve tiles and a thumbnail, Qwen3-0.6B."""
    vision = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
    vision |= dict(image_size=[448, 448], patch_size=[14, 14], attention_bias=True, norm_type="layer_norm")
    text = dict(model_type="qwen3", hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, head_dim=128)
    text |= dict(num_attention_heads=16, num_key_value_heads=8, vocab_size=151936, max_position_embeddings=40960)
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e6), tie_word_embeddings=True)
    config = t.InternVLConfig(vision_config=vision, text_config=text, tie_word_embeddings=True)
    sizes = dict(size=dict(height=448, width=448), crop_to_patches=True, min_patches=1, max_patches=12)
    return t.InternVLForConditionalGeneration, config, "internvl/qwen3-tied", sizes, dict(image_seq_length=256)


def minicpm():
    """MiniCPM-V 4.6: SigLIP so400m/14 over slices of 448 x 448 pixels, merged behind its seventh layer, Qwen3.5-0.8B."""
    vision = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16)
    vision |= dict(image_size=980, patch_size=14, hidden_act="gelu_pytorch_tanh")
    text = qwen35()[1].text_config.to_dict()
    config = t.MiniCPMV4_6Config(text_config=text, vision_config=vision, insert_layer_id=6, tie_word_embeddings=True)
    sizes = dict(patch_size=14, scale_resolution=448, max_slice_nums=9)
    return t.MiniCPMV4_6ForConditionalGeneration, config, "minicpmv4_6/sliced", sizes, {}


def lfm2_vl():
    """LFM2-VL-450M: SigLIP 2 B/16 at the picture's own resolution, ten short convolutions and six attention layers."""
    vision = dict(model_type="siglip2_vision_model", hidden_size=768, intermediate_size=3072, num_hidden_layers=12)
    vision |= dict(num_attention_heads=12, num_patches=256, patch_size=16, vision_use_head=False)
    attention = [2, 5, 8, 10, 12, 14]
    text = dict(model_type="lfm2", hidden_size=1024, intermediate_size=6656, num_hidden_layers=16)
    text |= dict(num_attention_heads=16, num_key_value_heads=8, vocab_size=65536, max_position_embeddings=128000)
    text |= dict(layer_types=["full_attention" if layer in attention else "conv" for layer in range(16)])
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e6), tie_word_embeddings=True)
    config = t.Lfm2VlConfig(vision_config=vision, text_config=text, projector_hidden_size=2560, downsample_factor=2)
    sizes = dict(encoder_patch_size=16, min_image_tokens=64, max_image_tokens=256, tile_size=512, max_tiles=10)
    sizes |= dict(min_tiles=2, max_pixels_tolerance=2.0)
    return t.Lfm2VlForConditionalGeneration, config, "lfm2_vl/cut", sizes, {}


def gemma3():
    """Gemma-3-4B: SigLIP so400m/14 at 896 pixels, pooled to 256 tokens, 34 layers of which every sixth sees everything."""
    vision = dict(model_type="siglip_vision_model", hidden_size=1152, intermediate_size=4304, num_hidden_layers=27)
    vision |= dict(num_attention_heads=16, image_size=896, patch_size=14, vision_use_head=False)
    text = dict(hidden_size=2560, intermediate_size=10240, num_hidden_layers=34, num_attention_heads=8, head_dim=256)
    text |= dict(num_key_value_heads=4, vocab_size=262208, max_position_embeddings=131072, sliding_window=1024)
    rope = dict(full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1e6))
    rope |= dict(sliding_attention=dict(rope_type="default", rope_theta=1e4))
    text |= dict(rope_parameters=rope, query_pre_attn_scalar=256)
    words = "gemma3/window"
    tiny = json.loads((GOLDEN / words / "config.json").read_text())
    tokens = {key: tiny[key] for key in ("boi_token_index", "eoi_token_index")}
    config = t.Gemma3Config(vision_config=vision, text_config=text, mm_tokens_per_image=256, **tokens)
    return t.Gemma3ForConditionalGeneration, config, words, dict(size=dict(height=896, width=896)), dict(image_seq_length=256)


def gemma4():
    """Gemma-4-E2B without its sound: 16 layers of a tower of its own, 35 layers of which 20 share keys and values."""
    vision = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=16, num_attention_heads=12, head_dim=64)
    vision |= dict(num_key_value_heads=12, patch_size=16, pooling_kernel_size=3, use_clipped_linears=True)
    text = dict(hidden_size=1536, intermediate_size=6144, num_hidden_layers=35, num_attention_heads=8, head_dim=256)
    text |= dict(num_key_value_heads=1, global_head_dim=512, num_kv_shared_layers=20, use_double_wide_mlp=True)
    text |= dict(hidden_size_per_layer_input=256, vocab_size=262144, vocab_size_per_layer_input=262144)
    text |= dict(sliding_window=512, final_logit_softcapping=30.0, max_position_embeddings=131072)
    text |= dict(layer_types=[("sliding", "full")[layer % 5 == 4] + "_attention" for layer in range(35)])
    words = "gemma4/shared"
    tiny = json.loads((GOLDEN / words / "config.json").read_text())
    tokens = {key: value for key, value in tiny.items() if "_token_" in key}
    config = t.Gemma4Config(vision_config=vision, text_config=text, audio_config=None, **tokens)
    sizes = dict(patch_size=16, max_soft_tokens=280, image_seq_length=280)
    return t.Gemma4ForConditionalGeneration, config, words, sizes, dict(image_seq_length=280)


def ministral3():
    """Ministral-3-3B: Pixtral's tower at native resolution, merged by 2 x 2, 26 layers."""
    vision = dict(model_type="pixtral", hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, head_dim=64)
    vision |= dict(num_attention_heads=16, image_size=1540, patch_size=14, hidden_act="silu")
    vision |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e4))
    text = dict(model_type="ministral3", hidden_size=3072, intermediate_size=9216, num_hidden_layers=26)
    text |= dict(num_attention_heads=32, num_key_value_heads=8, head_dim=128, vocab_size=131072)
    text |= dict(rms_norm_eps=1e-5, max_position_embeddings=262144, tie_word_embeddings=True)
    rope = dict(rope_type="yarn", rope_theta=1e6, factor=16.0, beta_fast=32.0, beta_slow=1.0, mscale=1.0)
    rope |= dict(mscale_all_dim=1.0, original_max_position_embeddings=16384, llama_4_scaling_beta=0.1)
    config = t.Mistral3Config(
        vision_config=vision,
        text_config=text | dict(rope_parameters=rope),
        vision_feature_layer=-1,
        spatial_merge_size=2,
        tie_word_embeddings=True,
    )
    sizes = dict(size=dict(longest_edge=1540), patch_size=dict(height=14, width=14))
    return t.Mistral3ForConditionalGeneration, config, "mistral3/plain", sizes, dict(patch_size=14, spatial_merge_size=2)


def paligemma2():
    """PaliGemma2-3B: SigLIP so400m/14 at 448 pixels, 1,024 visual tokens, Gemma2-2B."""
    vision = dict(model_type="siglip_vision_model", hidden_size=1152, intermediate_size=4304, num_hidden_layers=27)
    vision |= dict(num_attention_heads=16, image_size=448, patch_size=14, vision_use_head=False)
    text = dict(model_type="gemma2", hidden_size=2304, intermediate_size=9216, num_hidden_layers=26, head_dim=256)
    text |= dict(num_attention_heads=8, num_key_value_heads=4, vocab_size=257216, sliding_window=4096)
    text |= dict(query_pre_attn_scalar=256, max_position_embeddings=8192)
    config = t.PaliGemmaConfig(vision_config=vision, text_config=text, projection_dim=2304)
    sizes = dict(size=dict(height=448, width=448), image_seq_length=1024)
    return t.PaliGemmaForConditionalGeneration, config, "paligemma/second", sizes, dict(image_seq_length=1024)


def docling():
    """Granite-Docling-258M: SigLIP-B/16 at 512 pixels, pixel shuffle by 4, a Llama of 30 layers."""
    vision = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
    vision |= dict(image_size=512, patch_size=16, hidden_act="gelu_pytorch_tanh")
    text = dict(model_type="llama", hidden_size=576, intermediate_size=1536, num_hidden_layers=30, head_dim=64)
    text |= dict(num_attention_heads=9, num_key_value_heads=3, vocab_size=100352, max_position_embeddings=8192)
    text |= dict(rope_theta=100000, rms_norm_eps=1e-5, tie_word_embeddings=True)
    config = t.Idefics3Config(vision_config=vision, text_config=text, scale_factor=4, tie_word_embeddings=True)
    sizes = dict(size={"longest_edge": 2048}, max_image_size={"longest_edge": 512}, resample=1)
    return t.Idefics3ForConditionalGeneration, config, "idefics3/docling", sizes, dict(image_seq_len=64)


GRANITE_SIDES = [(1, most) for most in range(1, 11)] + [(2, most) for most in range(1, 6)] + [(3, 1), (3, 2), (3, 3)]
GRANITE_SIDES += [(4, 1), (4, 2), (5, 1), (5, 2)] + [(rows, 1) for rows in range(6, 11)]


def granite(configuration, patch, text, **rest):
    """What both Granite Visions have in common: SigLIP so400m at 384 pixels, resolutions, multipliers; and its processor's sizes."""
    vision = dict(model_type="siglip_vision_model", hidden_size=1152, intermediate_size=4304, num_hidden_layers=27)
    vision |= dict(num_attention_heads=16, image_size=384, patch_size=patch, vision_use_head=False)
    text |= dict(intermediate_size=8192, num_hidden_layers=40, num_key_value_heads=8, max_position_embeddings=131072)
    text |= dict(embedding_multiplier=12.0, residual_multiplier=0.22, attention_multiplier=0.015625)
    text |= dict(rms_norm_eps=1e-5, tie_word_embeddings=True)
    pinpoints = [[384 * rows, 384 * columns] for rows, columns in GRANITE_SIDES]
    rest |= dict(vision_feature_select_strategy="full", tie_word_embeddings=True)
    config = configuration(vision_config=vision, text_config=text, image_grid_pinpoints=pinpoints, **rest)
    square = dict(height=384, width=384)
    return config, dict(size=square, crop_size=square, image_grid_pinpoints=pinpoints)


def granite_vision():
    """Granite-Vision-3.3-2B: patches of 14 pixels, four layers of the tower, any-resolution tiles, 40 layers."""
    text = dict(model_type="granite", hidden_size=2048, num_attention_heads=32, vocab_size=49156, logits_scaling=8.0)
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=3e5))
    config, sizes = granite(t.LlavaNextConfig, 14, text, vision_feature_layer=[-24, -20, -12, -1])
    return t.LlavaNextForConditionalGeneration, config, "granite_vision/four-layers", sizes, dict(patch_size=14)


def granite4_vision():
    """Granite-Vision-4.1-4B: patches of 16 pixels, eight querying transformers, 40 layers."""
    text = dict(hidden_size=2560, num_attention_heads=40, vocab_size=100353, logits_scaling=10.0)
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e7))
    layers = dict(deepstack_layer_map=[[-19, 9], [-13, 6], [-7, 3], [-1, 0]], spatial_target_layers=[12, 15, 18, 21])
    config, sizes = granite(t.Granite4VisionConfig, 16, text, downsample_rate="4/8", **layers)
    tokens = dict(patch_size=16, downsample_rate="4/8")
    return t.Granite4VisionForConditionalGeneration, config, "granite4_vision/one-window", sizes, tokens


SHAPES = {
    "smolvlm-256m": smolvlm,
    "onevision-0.5b": onevision,
    "llava-1.4b": small_llava,
    "llava-7b": large_llava,
    "qwen2-vl-2b": qwen2_vl,
    "qwen3-vl-2b": qwen3_vl,
    "qwen3.5-0.8b": qwen35,
    "internvl3.5-1b": intern,
    "minicpm-v-4.6": minicpm,
    "lfm2-vl-450m": lfm2_vl,
    "gemma-3-4b": gemma3,
    "gemma-4-e2b": gemma4,
    "ministral-3-3b": ministral3,
    "paligemma2-3b": paligemma2,
    "granite-docling-258m": docling,
    "granite-vision-3.3-2b": granite_vision,
    "granite-vision-4.1-4b": granite4_vision,
}


def write(shape, folder):
    model_class, config, words, sizes, tokens = SHAPES[shape]()
    source = GOLDEN / words
    tiny = json.loads((source / "config.json").read_text())
    key = "image_token_index" if "image_token_index" in tiny else "image_token_id"
    setattr(config, key, tiny[key])
    torch.manual_seed(0)
    # In the type of the file from the beginning: a large model in two types would not fit into memory.
    torch.set_default_dtype(torch.bfloat16)
    model_class(config).save_pretrained(folder, max_shard_size="2GB")
    for file in source.iterdir():
        if file.name.startswith(("tokenizer", "chat_template")):
            (folder / file.name).write_bytes(file.read_bytes())
    for name in ("preprocessor_config.json", "processor_config.json"):
        if (source / name).exists():
            settings = json.loads((source / name).read_text())
            settings |= {key: value for key, value in tokens.items() if key in settings}
            picture = settings.get("image_processor", settings)
            if "image_mean" in picture:
                picture |= sizes
            (folder / name).write_text(json.dumps(settings, indent=2))


if __name__ == "__main__":
    t.logging.set_verbosity_error()
    write(sys.argv[1], pathlib.Path(sys.argv[2]))

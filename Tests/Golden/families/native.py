"""Configurations of Qwen2-VL, Qwen2.5-VL, Qwen3-VL, InternVL, Idefics3 and SmolVLM."""

import templates
import transformers as t
from tiled import ROPES, rope, text


def qwen(name, kind, vision, language, pixels, **rest):
    configuration = QWEN_CONFIGS[kind]
    tied = rest.pop("tie_word_embeddings", False)

    def config(words):
        ids = {key: words.convert_tokens_to_ids(f"<|{name}|>") for key, name in QWEN_IDS.items()}
        decoder = text(f"{kind}_text", words, **language)
        return configuration(text_config=decoder, vision_config=dict(vision), tie_word_embeddings=tied, **ids)

    size = {"shortest_edge": pixels[0], "longest_edge": pixels[1]}
    patches = {key: vision.get(full, default) for key, full, default in QWEN_PATCHES}
    picture = t.Qwen2VLImageProcessorPil(size=size, **patches, **rest.pop("changes", {}))
    return dict(
        name=name,
        tokenizer="qwen2_vl",
        config=config,
        picture=picture,
        template=templates.QWEN3 if kind == "qwen3_vl" else templates.QWEN,
        processor={},
        **rest,
    )


QWEN_CONFIGS = {"qwen2_vl": t.Qwen2VLConfig, "qwen2_5_vl": t.Qwen2_5_VLConfig, "qwen3_vl": t.Qwen3VLConfig}
QWEN_IDS = {
    "image_token_id": "image_pad",
    "video_token_id": "video_pad",
    "vision_start_token_id": "vision_start",
    "vision_end_token_id": "vision_end",
}
QWEN_PATCHES = [
    ("patch_size", "patch_size", 14),
    ("temporal_patch_size", "temporal_patch_size", 2),
    ("merge_size", "spatial_merge_size", 2),
]


def mrope(*section, theta=1000000.0):
    return dict(rope_type="default", rope_theta=theta, mrope_section=list(section))


QWEN2_VL = [
    qwen(
        "flat",
        "qwen2_vl",
        dict(depth=2, embed_dim=32, hidden_size=48, num_heads=2, mlp_ratio=2),
        dict(rope_parameters=mrope(2, 2, 2)),
        (28 * 28 * 4, 28 * 28 * 16),
        layout="hub",
    ),
    qwen(
        "nested",
        "qwen2_vl",
        dict(depth=3, embed_dim=48, hidden_size=64, num_heads=3, mlp_ratio=3, hidden_act="gelu"),
        dict(hidden_size=64, rope_parameters=mrope(4, 2, 2, theta=10000.0), num_key_value_heads=1, padding=5),
        (28 * 28 * 9, 28 * 28 * 20),
        layout="v4",
        dtype="F16",
    ),
    qwen(
        "tied",
        "qwen2_vl",
        dict(depth=2, embed_dim=32, hidden_size=48, num_heads=4, patch_size=12),
        dict(rope_parameters=mrope(1, 3, 2), tie_word_embeddings=True, num_key_value_heads=4),
        (24 * 24, 24 * 24 * 12),
        tie_word_embeddings=True,
        dtype="BF16",
        shards=2,
        changes=dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5], resample=1),
    ),
]


def tower(**changes):
    base = dict(depth=3, hidden_size=32, out_hidden_size=48, num_heads=2, intermediate_size=40, window_size=56)
    return dict(base, fullatt_block_indexes=[1]) | changes


QWEN2_5_VL = [
    qwen(
        "flat",
        "qwen2_5_vl",
        tower(),
        dict(rope_parameters=mrope(2, 2, 2)),
        (28 * 28 * 4, 28 * 28 * 24),
        layout="hub",
        template_in="chat_template.json",
    ),
    qwen(
        "nested",
        "qwen2_5_vl",
        tower(window_size=112, fullatt_block_indexes=[0, 2], num_heads=4, hidden_act="gelu"),
        dict(rope_parameters=mrope(1, 2, 3), num_attention_heads=4, num_key_value_heads=1),
        (28 * 28 * 16, 28 * 28 * 36),
        layout="v4",
        dtype="BF16",
    ),
    qwen(
        "tied",
        "qwen2_5_vl",
        tower(hidden_size=48, depth=2, window_size=84, fullatt_block_indexes=[], out_hidden_size=64),
        dict(hidden_size=64, num_attention_heads=4, tie_word_embeddings=True, rope_parameters=mrope(4, 2, 2)),
        (28 * 28, 28 * 28 * 30),
        tie_word_embeddings=True,
        dtype="F16",
    ),
]


def tower3(**changes):
    base = dict(depth=4, hidden_size=32, out_hidden_size=48, num_heads=2, intermediate_size=40, patch_size=16)
    return dict(base, num_position_embeddings=36, deepstack_visual_indexes=[0, 1, 2]) | changes


def interleaved(*section):
    return mrope(*section, theta=5000000.0) | dict(mrope_interleaved=True)


QWEN3_VL = [
    qwen(
        "three-deep",
        "qwen3_vl",
        tower3(),
        dict(num_hidden_layers=4, head_dim=12, rope_parameters=interleaved(2, 2, 2)),
        (32 * 32 * 4, 32 * 32 * 16),
        layout="v4",
    ),
    qwen(
        "tied",
        "qwen3_vl",
        tower3(
            depth=3,
            deepstack_visual_indexes=[2, 0],
            patch_size=14,
            num_position_embeddings=49,
            num_heads=4,
            out_hidden_size=64,
        ),
        dict(
            hidden_size=64,
            head_dim=16,
            attention_bias=True,
            rope_parameters=interleaved(4, 2, 2),
            tie_word_embeddings=True,
        ),
        (28 * 28 * 4, 28 * 28 * 20),
        tie_word_embeddings=True,
        dtype="BF16",
        changes=dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    ),
    qwen(
        "merge-three",
        "qwen3_vl",
        tower3(depth=2, deepstack_visual_indexes=[1], patch_size=12, spatial_merge_size=3, hidden_act="gelu"),
        dict(head_dim=20, num_key_value_heads=1, rope_parameters=interleaved(5, 3, 2), padding=7),
        (36 * 36 * 2, 36 * 36 * 12),
        dtype="F16",
        shards=2,
    ),
]


def intern(name, vision, language, patches, tokenizer="internvl", **rest):
    top = {
        key: rest.pop(key) for key in list(rest) if key.startswith(("vision_feature", "projector", "downsample", "tie"))
    }
    side, ratio = vision["image_size"], top.get("downsample_ratio", 0.5)
    length = int((side // vision.get("patch_size", 14)) ** 2 * ratio**2)
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2)
    return dict(
        name=name,
        tokenizer=tokenizer,
        config=lambda words: t.InternVLConfig(
            vision_config=dict(base, **vision),
            text_config=language(words),
            image_token_id=words.convert_tokens_to_ids("<IMG_CONTEXT>"),
            image_seq_length=length,
            **top,
        ),
        picture=t.GotOcr2ImageProcessorPil(
            size={"height": side, "width": side},
            min_patches=patches[0],
            max_patches=patches[1],
            **rest.pop("changes", {}),
        ),
        template=templates.INTERN,
        processor=dict(image_seq_length=length),
        **rest,
    )


INTERNVL = [
    intern("qwen2", dict(image_size=56), lambda w: text("qwen2", w), (1, 12), tie_word_embeddings=False, layout="hub"),
    intern(
        "qk-norm-rms",
        dict(image_size=84, use_qk_norm=True, norm_type="rms_norm", attention_bias=True),
        lambda w: text(
            "qwen2",
            w,
            tie_word_embeddings=True,
            max_position_embeddings=60,
            rope_parameters=rope("dynamic", theta=1000000.0, factor=2.0),
        ),
        (1, 4),
        tie_word_embeddings=True,
        dtype="BF16",
        layout="v4",
    ),
    intern(
        "llama",
        dict(image_size=64, patch_size=16, use_mean_pooling=False, hidden_act="gelu_pytorch_tanh"),
        lambda w: text("llama", w, head_dim=16),
        (2, 6),
        "internvl_llama",
        tie_word_embeddings=False,
        dtype="F16",
        shards=2,
        changes=dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    ),
    intern(
        "layer-quarter",
        dict(image_size=112, num_attention_heads=4, use_qk_norm=True, use_mean_pooling=False),
        lambda w: text("qwen2", w, num_key_value_heads=1),
        (1, 3),
        vision_feature_layer=-2,
        downsample_ratio=0.25,
        projector_hidden_act="silu",
        tie_word_embeddings=False,
        changes=dict(resample=2),
    ),
    intern(
        "qwen3",
        dict(image_size=56),
        lambda w: text("qwen3", w, head_dim=16, rope_parameters=rope("default", theta=1000000.0)),
        (1, 6),
        tie_word_embeddings=False,
        layout="v4",
    ),
    intern(
        "qwen3-tied",
        dict(image_size=72, patch_size=12, num_hidden_layers=2),
        lambda w: text(
            "qwen3",
            w,
            hidden_size=64,
            head_dim=24,
            attention_bias=True,
            num_key_value_heads=1,
            tie_word_embeddings=True,
        ),
        (2, 4),
        tie_word_embeddings=True,
        dtype="BF16",
        gain=1.7,
    ),
    intern(
        "qwen3-wide",
        dict(image_size=56, use_mean_pooling=False),
        lambda w: text("qwen3", w, head_dim=32, num_key_value_heads=4, num_hidden_layers=3),
        (1, 4),
        tie_word_embeddings=False,
        dtype="F16",
        shards=2,
    ),
]


def idefics(name, family, vision, language, tile, size, scale=2, tokenizer=None, template=None, **rest):
    smol = family == "smolvlm"
    configuration = t.SmolVLMConfig if smol else t.Idefics3Config
    picture = t.SmolVLMImageProcessorPil if smol else t.Idefics3ImageProcessorPil
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, patch_size=14)
    tied = rest.pop("tie_word_embeddings", False)
    vision = dict(base, **vision)
    return dict(
        name=name,
        tokenizer=tokenizer or family,
        config=lambda words: configuration(
            vision_config=vision,
            text_config=text("llama", words, tie_word_embeddings=tied, **language),
            image_token_id=words.convert_tokens_to_ids("<image>"),
            pad_token_id=words.eos_token_id,
            scale_factor=scale,
            tie_word_embeddings=tied,
        ),
        picture=picture(size={"longest_edge": size}, max_image_size={"longest_edge": tile}, **rest.pop("changes", {})),
        template=template or (templates.SMOLVLM if smol else templates.IDEFICS3),
        processor=dict(image_seq_len=(tile // vision["patch_size"]) ** 2 // scale**2),
        **rest,
    )


IDEFICS3 = [
    idefics("split", "idefics3", dict(image_size=56), {}, 56, 112, layout="hub"),
    idefics(
        "whole",
        "idefics3",
        dict(image_size=84, hidden_act="gelu"),
        dict(head_dim=16, rope_parameters=ROPES["rope-llama3"]),
        84,
        168,
        scale=3,
        dtype="BF16",
        layout="v4",
        changes=dict(do_image_splitting=False),
    ),
    idefics(
        "bucketed",
        "idefics3",
        dict(image_size=98),
        dict(num_key_value_heads=1),
        56,
        168,
        dtype="F16",
        shards=2,
        tie_word_embeddings=True,
    ),
    # Granite-Docling.
    idefics(
        "docling",
        "idefics3",
        dict(image_size=64, patch_size=4, hidden_act="gelu_pytorch_tanh"),
        dict(
            num_attention_heads=3,
            num_key_value_heads=1,
            head_dim=16,
            max_position_embeddings=1024,
            rope_parameters=rope("default", theta=100000.0),
        ),
        64,
        256,
        scale=4,
        tokenizer="docling",
        template=templates.DOCLING,
        dtype="BF16",
        layout="v4",
        tie_word_embeddings=True,
        changes=dict(resample=1),
        template_in="chat_template.jinja",
    ),
]
SMOLVLM = [
    idefics("split", "smolvlm", dict(image_size=56), {}, 56, 112, layout="hub", template_in="processor_config.json"),
    idefics(
        "scale-3",
        "smolvlm",
        dict(image_size=84, num_attention_heads=4),
        dict(rope_parameters=rope("default", theta=100000.0)),
        84,
        168,
        scale=3,
        tie_word_embeddings=True,
        dtype="BF16",
    ),
    idefics(
        "bucketed",
        "smolvlm",
        dict(image_size=112),
        dict(head_dim=16, num_key_value_heads=1, padding=3),
        84,
        84,
        layout="v4",
        dtype="F16",
        changes=dict(do_image_splitting=False, resample=2),
    ),
]

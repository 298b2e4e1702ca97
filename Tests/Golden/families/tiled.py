"""Configurations of the families whose tower sees squares of one size: LLaVA, LLaVA-NeXT and LLaVA-OneVision."""

import templates
import transformers as t


def clip(**changes):
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2, patch_size=14)
    return dict(base, model_type="clip_vision_model", image_size=42, projection_dim=24) | changes


def siglip(**changes):
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, patch_size=14)
    return dict(base, model_type="siglip_vision_model", image_size=42, vision_use_head=False) | changes


def text(kind, words, **changes):
    """A decoder of the given kind; with `head_dim` its heads are not the width divided by their number."""
    base = dict(hidden_size=48, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)
    ids = dict(bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id)
    size = len(words) + changes.pop("padding", 0)
    return dict(base, **ids, model_type=kind, vocab_size=size, max_position_embeddings=512) | changes


def rope(kind, theta=10000.0, **settings):
    return dict(rope_type=kind, rope_theta=theta, **settings)


def image(words):
    return words.convert_tokens_to_ids("<image>")


def shared(words, vision, language, **changes):
    """Keys of the three classes; those of the picture's share of the prompt stay for the processor to agree with."""
    return dict(vision_config=vision, text_config=language, image_token_index=image(words)) | changes


def llava(name, tokenizer, vision, language, picture, template, processor=None, **rest):
    top = {
        key: rest.pop(key)
        for key in list(rest)
        if key.startswith(("vision_feature", "projector", "multi_modal", "image_seq", "tie"))
    }
    processor = dict(patch_size=14, num_additional_image_tokens=1, vision_feature_select_strategy="default") | (
        processor or {}
    )
    return dict(
        name=name,
        tokenizer=tokenizer,
        config=lambda words: t.LlavaConfig(**shared(words, vision, language(words), **top)),
        picture=picture,
        template=template,
        processor=processor,
        **rest,
    )


def crop(side, **changes):
    return t.LlavaImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side}, **changes)


ROPES = {
    "rope-linear": rope("linear", factor=4.0),
    "rope-dynamic": rope("dynamic", factor=2.0),
    "rope-yarn": rope(
        "yarn", theta=5000.0, factor=4.0, original_max_position_embeddings=32, beta_fast=16.0, beta_slow=2.0
    ),
    "rope-llama3": rope(
        "llama3",
        theta=500000.0,
        factor=8.0,
        original_max_position_embeddings=64,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
    ),
}

LLAVA = [
    llava(
        "clip-llama",
        "llama",
        clip(),
        lambda w: text("llama", w),
        crop(42),
        templates.VICUNA,
        layout="hub",
        image_seq_length=9,
    ),
    llava(
        "clip-llama-v4",
        "llama",
        clip(image_size=56, hidden_act="gelu"),
        lambda w: text("llama", w, head_dim=16, num_key_value_heads=1, rope_parameters=ROPES["rope-linear"]),
        crop(56),
        templates.VICUNA,
        layout="v4",
        dtype="F16",
        image_seq_length=16,
        projector_hidden_act="gelu_pytorch_tanh",
    ),
    llava(
        "siglip-qwen2",
        "qwen2",
        siglip(vision_use_head=True),
        lambda w: text("qwen2", w, tie_word_embeddings=True, padding=4),
        t.SiglipImageProcessorPil(size={"height": 42, "width": 42}),
        templates.ONEVISION,
        dtype="BF16",
        shards=3,
        processor=dict(num_additional_image_tokens=0, vision_feature_select_strategy="full"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_seq_length=9,
        tie_word_embeddings=True,
    ),
    llava(
        "clip-mistral-layers",
        "mistral",
        clip(image_size=56),
        lambda w: text("mistral", w, head_dim=8, sliding_window=None, num_attention_heads=8, num_key_value_heads=4),
        crop(56, do_pad=True),
        templates.MISTRAL,
        vision_feature_layer=[-2, -3],
        multimodal_projector_bias=False,
        image_seq_length=16,
        projector_hidden_act="silu",
    ),
    llava(
        "clip-full-llama3",
        "llama3",
        clip(hidden_act="gelu_new"),
        lambda w: text(
            "llama", w, attention_bias=True, mlp_bias=True, hidden_act="gelu", rope_parameters=ROPES["rope-llama3"]
        ),
        crop(42, resample=2),
        templates.LLAMA3,
        processor=dict(vision_feature_select_strategy="full"),
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        image_seq_length=10,
    ),
    llava(
        "rope-dynamic",
        "llama",
        clip(hidden_act="gelu_pytorch_tanh"),
        lambda w: text("llama", w, max_position_embeddings=40, rope_parameters=ROPES["rope-dynamic"]),
        crop(42),
        templates.VICUNA,
        image_seq_length=9,
        vision_feature_layer=1,
    ),
    llava(
        "rope-yarn",
        "mistral",
        clip(num_attention_heads=4),
        lambda w: text(
            "llama",
            w,
            head_dim=24,
            hidden_act="gelu_pytorch_tanh",
            max_position_embeddings=128,
            rope_parameters=ROPES["rope-yarn"],
        ),
        crop(42),
        templates.MISTRAL,
        image_seq_length=9,
        projector_hidden_act="quick_gelu",
    ),
]


def llava_next(name, tokenizer, vision, language, pinpoints, template, processor=None, **rest):
    side = vision["image_size"]
    top = {
        key: rest.pop(key)
        for key in list(rest)
        if key.startswith(("vision_feature", "projector", "multi_modal", "tie"))
    }
    processor = dict(patch_size=14, num_additional_image_tokens=1, vision_feature_select_strategy="default") | (
        processor or {}
    )
    square = {"height": side, "width": side}
    changes = dict(size={"shortest_edge": side}, crop_size=square) | rest.pop("changes", {})
    return dict(
        name=name,
        tokenizer=tokenizer,
        config=lambda words: t.LlavaNextConfig(
            **shared(
                words,
                vision,
                language(words),
                image_grid_pinpoints=pinpoints,
                image_seq_length=(side // 14) ** 2,
                **top,
            )
        ),
        picture=t.LlavaNextImageProcessorPil(image_grid_pinpoints=pinpoints, **changes),
        template=template,
        processor=processor,
        **rest,
    )


def grid(side, *cells):
    return [[rows * side, columns * side] for rows, columns in cells]


LLAVA_NEXT = [
    llava_next(
        "clip-mistral",
        "mistral",
        clip(),
        lambda w: text("mistral", w, sliding_window=None),
        grid(42, (1, 2), (2, 1), (2, 2), (3, 1), (1, 3)),
        templates.MISTRAL,
        layout="hub",
        template_in="chat_template.json",
    ),
    llava_next(
        "clip-llama",
        "llama",
        clip(image_size=56, hidden_act="gelu"),
        lambda w: text("llama", w, head_dim=16, hidden_size=40),
        grid(56, (1, 2), (2, 1), (2, 2)),
        templates.VICUNA,
        layout="v4",
        dtype="BF16",
    ),
    llava_next(
        "clip-layers",
        "llama3",
        clip(num_hidden_layers=2),
        lambda w: text(
            "llama", w, tie_word_embeddings=True, num_key_value_heads=4, rope_parameters=ROPES["rope-llama3"]
        ),
        grid(42, (1, 4), (4, 1), (2, 3), (1, 1)),
        templates.LLAMA3,
        vision_feature_layer=[-1, -2],
        tie_word_embeddings=True,
        changes=dict(image_mean=[0.5, 0.4, 0.3], image_std=[0.2, 0.3, 0.4]),
        dtype="F16",
        shards=2,
    ),
]


def granite_vision(name, vision, language, pinpoints, layers, **rest):
    """LLaVA-NeXT over several layers of a tower without a class token, with a decoder that multiplies what it adds."""
    side = vision["image_size"]
    changes = dict(size={"height": side, "width": side}, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    return llava_next(
        name,
        "granite",
        vision,
        lambda w: text("granite", w, tie_word_embeddings=rest.get("tie_word_embeddings", False), **language),
        pinpoints,
        templates.GRANITE,
        processor=dict(num_additional_image_tokens=0, vision_feature_select_strategy="full"),
        vision_feature_select_strategy="full",
        vision_feature_layer=layers,
        changes=changes | rest.pop("changes", {}),
        **rest,
    )


GRANITE_VISION = [
    granite_vision(
        "four-layers",
        siglip(num_hidden_layers=5, hidden_act="gelu_pytorch_tanh"),
        dict(embedding_multiplier=0.3, residual_multiplier=0.6, attention_multiplier=0.2, logits_scaling=4.0),
        grid(42, (1, 2), (2, 1), (2, 2), (1, 3), (3, 1)),
        [-5, -4, -2, -1],
        tie_word_embeddings=True,
        layout="hub",
        gain=1.7,
    ),
    granite_vision(
        "biased",
        siglip(num_hidden_layers=3, image_size=56, num_attention_heads=2),
        dict(
            num_key_value_heads=1,
            num_hidden_layers=3,
            embedding_multiplier=0.7,
            residual_multiplier=0.8,
            attention_multiplier=0.4,
            logits_scaling=0.5,
            attention_bias=True,
            mlp_bias=True,
            padding=3,
        ),
        grid(56, (1, 2), (2, 1), (1, 4)),
        [1, -1],
        layout="v4",
        dtype="BF16",
        shards=2,
        changes=dict(resample=2),
    ),
    granite_vision(
        "two-layers",
        siglip(num_hidden_layers=4, hidden_act="gelu_pytorch_tanh"),
        dict(num_hidden_layers=3, embedding_multiplier=12.0, residual_multiplier=0.22, attention_multiplier=0.25),
        grid(42, (1, 2), (2, 1), (2, 2)),
        [-3, -1],
        dtype="F16",
    ),
]


def onevision(name, vision, language, pinpoints, ratio, **rest):
    side = vision["image_size"]
    top = {
        key: rest.pop(key)
        for key in list(rest)
        if key.startswith(("vision_feature", "projector", "multi_modal", "tie"))
    }
    return dict(
        name=name,
        tokenizer="qwen2",
        config=lambda words: t.LlavaOnevisionConfig(
            **shared(words, vision, language(words), image_grid_pinpoints=pinpoints, vision_aspect_ratio=ratio, **top),
            video_token_index=words.convert_tokens_to_ids("<video>"),
        ),
        picture=t.LlavaOnevisionImageProcessorPil(
            size={"height": side, "width": side}, image_grid_pinpoints=pinpoints, **rest.pop("changes", {})
        ),
        template=templates.ONEVISION,
        processor=dict(
            num_image_tokens=(side // vision["patch_size"]) ** 2,
            vision_feature_select_strategy="full",
            vision_aspect_ratio=ratio,
        ),
        **rest,
    )


LLAVA_ONEVISION = [
    onevision(
        "anyres-max-9",
        siglip(),
        lambda w: text("qwen2", w),
        grid(42, *[(rows, columns) for rows in range(1, 4) for columns in range(1, 4)]),
        "anyres_max_9",
        layout="hub",
    ),
    onevision(
        "anyres-max-1",
        siglip(image_size=56, hidden_act="gelu"),
        lambda w: text("qwen2", w, tie_word_embeddings=True),
        grid(56, (1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1)),
        "anyres_max_1",
        tie_word_embeddings=True,
        dtype="BF16",
    ),
    onevision(
        "anyres-max-2",
        siglip(num_attention_heads=2, image_size=45, patch_size=9),
        lambda w: text("qwen2", w, num_key_value_heads=4, rope_parameters=rope("default", theta=1000000.0)),
        grid(45, (2, 2), (1, 4), (4, 1)),
        "anyres_max_2",
        layout="v4",
        dtype="F16",
        shards=2,
        changes=dict(image_mean=[0.4, 0.5, 0.6], resample=2),
    ),
]

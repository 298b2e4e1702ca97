"""Configurations of Granite 4 Vision, whose pictures are added before several layers of the decoder."""

import templates
import transformers as t
from tiled import grid, siglip, text


def granite4(name, vision, language, rate, pinpoints, layers, targets, former=None, **rest):
    """`layers` are pairs of a layer of the tower and one of the decoder; `former` are settings of the projectors' layers."""
    vision = siglip(**(dict(hidden_size=64, patch_size=4, image_size=32, num_attention_heads=2) | vision))
    side = vision["image_size"]
    tied = rest.pop("tie_word_embeddings", False)
    spatial = rest.pop("spatial_vision_layer", -1)
    base = dict(cross_attention_frequency=1, max_position_embeddings=2048, use_qformer_text_input=False)
    base |= dict(model_type="blip_2_qformer", num_hidden_layers=1, intermediate_size=40)

    def config(words):
        # A width that is no multiple of 64 would leave the projectors' layers without heads.
        return t.Granite4VisionConfig(
            vision_config=dict(vision),
            text_config=text("granite4_vision_text", words, tie_word_embeddings=tied, **language),
            image_token_index=words.convert_tokens_to_ids("<image>"),
            image_grid_pinpoints=pinpoints,
            image_seq_length=(side // vision["patch_size"]) ** 2,
            vision_feature_select_strategy="full",
            downsample_rate=rate,
            deepstack_layer_map=layers,
            spatial_target_layers=targets,
            spatial_vision_layer=spatial,
            qformer_config=base | (former or {}),
            tie_word_embeddings=tied,
        )

    square = dict(height=side, width=side)
    changes = dict(size=square, crop_size=square, image_mean=[0.5] * 3, image_std=[0.5] * 3) | rest.pop("changes", {})
    return dict(
        name=name,
        tokenizer="granite4",
        config=config,
        picture=t.LlavaNextImageProcessorPil(image_grid_pinpoints=pinpoints, **changes),
        template=templates.GRANITE4,
        processor=dict(
            patch_size=vision["patch_size"], vision_feature_select_strategy="full", downsample_rate=rate
        ),
        **rest,
    )


def multipliers(embedding, residual, attention, logits):
    return dict(
        embedding_multiplier=embedding,
        residual_multiplier=residual,
        attention_multiplier=attention,
        logits_scaling=logits,
    )


GRANITE4_VISION = [
    granite4(
        "four-windows",
        dict(num_hidden_layers=3),
        dict(num_hidden_layers=6, **multipliers(0.5, 0.7, 0.2, 0.5)),
        "2/4",
        grid(32, (1, 2), (2, 1), (2, 2), (1, 3), (3, 1)),
        [[-3, 1], [-1, 0]],
        [2, 3, 4, 5],
    ),
    granite4(
        "two-heads",
        dict(num_hidden_layers=4, hidden_size=128, patch_size=8, hidden_act="gelu_pytorch_tanh"),
        dict(
            num_hidden_layers=7,
            num_key_value_heads=1,
            attention_bias=True,
            mlp_bias=True,
            padding=5,
            **multipliers(1.5, 0.9, 0.3, 1.5),
        ),
        "1/2",
        grid(32, (2, 2), (1, 4), (4, 1), (2, 3)),
        [[1, 5], [2, 0], [-1, 3]],
        [6, 1, 4, 2],
        former=dict(num_hidden_layers=2),
        spatial_vision_layer=-2,
        dtype="BF16",
        shards=2,
        changes=dict(resample=2),
    ),
    granite4(
        "one-window",
        dict(num_hidden_layers=2),
        dict(num_hidden_layers=5, hidden_size=64, **multipliers(0.4, 0.8, 0.25, 2.0)),
        "4/8",
        grid(32, (1, 2), (2, 1)),
        [[-1, 0]],
        [1, 2, 3, 4],
        # What transformers takes where a folder says nothing.
        former=dict(intermediate_size=3072),
        tie_word_embeddings=True,
        gain=1.6,
        layout="hub",
        dtype="F16",
    ),
]

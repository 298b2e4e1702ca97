"""Configurations of Gemma 3, most of whose layers see a window."""

import templates
import transformers as t
from tiled import rope, siglip, text


def gemma3(name, vision, language, tokens, crops=None, **rest):
    vision = siglip(**vision)
    side = vision["image_size"]

    def config(words):
        decoder = dict(head_dim=16, sliding_window=64, num_hidden_layers=4, query_pre_attn_scalar=16) | language
        return t.Gemma3Config(
            vision_config=vision,
            text_config=text("gemma3_text", words, tie_word_embeddings=True, **decoder),
            mm_tokens_per_image=tokens,
            image_token_index=words.convert_tokens_to_ids("<image_soft_token>"),
            boi_token_index=words.convert_tokens_to_ids("<start_of_image>"),
            eoi_token_index=words.convert_tokens_to_ids("<end_of_image>"),
            tie_word_embeddings=True,
        )

    # The processor asks for no crops whatever the folder says, unless it is told to in the call.
    call = dict(do_pan_and_scan=True, **crops) if crops else {}
    picture = t.Gemma3ImageProcessorPil(size={"height": side, "width": side}, **call, **rest.pop("changes", {}))
    return dict(
        name=name,
        tokenizer=rest.pop("tokenizer", "gemma3"),
        config=config,
        picture=picture,
        template=templates.GEMMA3,
        processor=dict(image_seq_length=tokens),
        call=call,
        **rest,
    )


def kinds(letters):
    return ["sliding_attention" if letter == "s" else "full_attention" for letter in letters]


def ropes(local=10000.0, **full):
    return dict(full_attention=full, sliding_attention=rope("default", theta=local))


def crops(least, most, ratio):
    return dict(
        pan_and_scan_min_crop_size=least, pan_and_scan_max_num_crops=most, pan_and_scan_min_ratio_to_activate=ratio
    )


GEMMA3 = [
    gemma3(
        "window",
        dict(image_size=56),
        dict(sliding_window=11, layer_types=kinds("ssfs"), rope_parameters=ropes(**rope("default", theta=1000000.0))),
        16,
        tokenizer="gemma3_lines",
        layout="v4",
    ),
    gemma3(
        "crops",
        dict(image_size=48, patch_size=8, hidden_act="gelu_pytorch_tanh"),
        dict(
            query_pre_attn_scalar=20,
            num_key_value_heads=1,
            sliding_window=30,
            layer_types=kinds("sfss"),
            rope_parameters=ropes(5000.0, **rope("linear", theta=100000.0, factor=8.0)),
            padding=5,
        ),
        9,
        crops(24, 3, 1.2),
        dtype="BF16",
        shards=2,
    ),
    gemma3(
        "pattern",
        dict(image_size=84, num_hidden_layers=3),
        dict(num_hidden_layers=7, hidden_size=64, sliding_window=512, attention_bias=True),
        4,
        tokenizer="gemma3_merged",
        layout="hub",
        dtype="F16",
    ),
]

"""Configurations of Gemma 4, whose layers have inputs of their own and share keys and values."""

import templates
import transformers as t
from tiled import rope, text
from windowed import kinds


class Gemma4Processor(t.Gemma4Processor):
    """Without the parts for sound and videos: one is of no use here, the other wants torchvision."""

    def __init__(
        self,
        image_processor,
        tokenizer,
        chat_template=None,
        image_seq_length=280,
        audio_seq_length=750,
        audio_ms_per_token=40,
    ):
        lengths = image_seq_length, audio_seq_length, audio_ms_per_token
        super().__init__(None, image_processor, tokenizer, None, chat_template, *lengths)


def gemma4(name, vision, language, budget=70, sound=False, **rest):
    heads = dict(num_attention_heads=2, num_key_value_heads=2, head_dim=16)
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, patch_size=4, position_embedding_size=216)
    vision = base | heads | vision

    def config(words):
        decoder = text("gemma4_text", words, **(dict(head_dim=16, global_head_dim=32, sliding_window=64) | language))
        decoder["vocab_size_per_layer_input"] = decoder["vocab_size"]
        names = dict(image="<|image|>", boi="<|image>", eoi="<image|>", video="<|video|>", audio="<|audio|>", boa="<|audio>")
        ids = {f"{key}_token_id": words.convert_tokens_to_ids(token) for key, token in names.items()}
        ids["eoa_token_index"] = words.convert_tokens_to_ids("<audio|>")
        return t.Gemma4Config(
            text_config=decoder, vision_config=dict(vision), audio_config=dict(SOUND) if sound else None, **ids
        )

    patches = dict(patch_size=vision["patch_size"], pooling_kernel_size=vision.get("pooling_kernel_size", 3))
    return dict(
        name=name,
        tokenizer="gemma4",
        config=config,
        picture=t.Gemma4ImageProcessorPil(max_soft_tokens=budget, **patches, **rest.pop("changes", {})),
        template=rest.pop("template", templates.GEMMA4),
        processor=dict(image_seq_length=budget),
        ends=["<eos>", "<turn|>", "<|tool_response>"],
        **rest,
    )


SOUND = dict(
    hidden_size=16, num_hidden_layers=1, num_attention_heads=2, subsampling_conv_channels=[4, 4], output_proj_dims=8
)


def shared_projections(configuration):
    """Of the layers that take keys and values of others: released checkpoints have them, no model reads them."""
    language, found = configuration.text_config, {}
    for layer in range(language.num_hidden_layers - language.num_kv_shared_layers, language.num_hidden_layers):
        own = language.per_layer_config[layer]
        prefix = f"model.language_model.layers.{layer}.self_attn."
        rows = own.num_key_value_heads * own.head_dim
        found[prefix + "k_norm.weight"] = [own.head_dim]
        found |= {prefix + f"{letter}_proj.weight": [rows, language.hidden_size] for letter in "kv"}
    return found


def ropes(local=10000.0, share=0.25, **full):
    wide = rope("proportional", theta=1000000.0, partial_rotary_factor=share) | full
    return dict(full_attention=wide, sliding_attention=rope("default", theta=local))


GEMMA4 = [
    # As the models for small machines are.
    gemma4(
        "shared",
        dict(use_clipped_linears=True),
        dict(
            num_hidden_layers=6,
            layer_types=kinds("ssfssf"),
            num_kv_shared_layers=3,
            num_key_value_heads=1,
            hidden_size_per_layer_input=8,
            use_double_wide_mlp=True,
            sliding_window=11,
            final_logit_softcapping=30.0,
            rope_parameters=ropes(),
        ),
        sound=True,
        unused=shared_projections,
        layout="hub",
        dtype="BF16",
    ),
    # As the larger ones are.
    gemma4(
        "whole",
        dict(standardize=True, hidden_size=48, num_attention_heads=4, num_key_value_heads=4, head_dim=12, patch_size=6),
        dict(
            num_hidden_layers=6,
            hidden_size_per_layer_input=0,
            use_bidirectional_attention="vision",
            sliding_window=30,
            global_head_dim=24,
            final_logit_softcapping=5.0,
            rope_parameters=ropes(5000.0, 0.5),
        ),
        template=templates.GEMMA4_LARGE,
        layout="hub",
        dtype="F16",
        shards=2,
    ),
    # Nothing is shared, so that no layer is twice as wide whatever the configuration says.
    gemma4(
        "apart",
        dict(
            use_clipped_linears=True,
            standardize=True,
            pooling_kernel_size=2,
            num_hidden_layers=3,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            hidden_activation="gelu",
            position_embedding_size=280,
        ),
        dict(
            # So many that the numbers of layers have two digits.
            num_hidden_layers=11,
            hidden_size=64,
            layer_types=kinds("sfsfsssfssf"),
            hidden_size_per_layer_input=12,
            use_double_wide_mlp=True,
            use_bidirectional_attention="vision",
            global_head_dim=20,
            rope_parameters=ropes(share=1.0),
            padding=5,
        ),
        budget=140,
        changes=dict(resample=2),
    ),
]

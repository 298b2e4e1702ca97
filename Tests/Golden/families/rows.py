"""Configurations of Mistral 3, in whose prompts a token ends each row of a picture."""

import importlib.util
import sys

import templates
import transformers as t
from tiled import rope, text
from transformers.models.pixtral import image_processing_pil_pixtral


def pixtral_processor():
    """The class asks for torchvision, though all it takes from there is a function that is beside the Pillow processor too."""
    sibling = "transformers.models.pixtral.image_processing_pixtral"
    path = image_processing_pil_pixtral.__file__.replace("image_processing_pil_pixtral", "processing_pixtral")
    found = importlib.util.spec_from_file_location("transformers.models.pixtral.processing_pixtral", path)
    module = importlib.util.module_from_spec(found)
    sys.modules |= {sibling: image_processing_pil_pixtral, found.name: module}
    found.loader.exec_module(module)
    del sys.modules[sibling]
    return module.PixtralProcessor


PixtralProcessor = pixtral_processor()


def mistral3(name, kind, vision, language, edge, merge=2, **rest):
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, patch_size=4)
    vision = dict(base, model_type="pixtral", image_size=edge) | vision
    top = {key: rest.pop(key) for key in list(rest) if key.startswith(("vision_feature", "projector", "multimodal"))}
    tied = rest.pop("tie_word_embeddings", False)

    def config(words):
        decoder = dict(sliding_window=None, head_dim=12, tie_word_embeddings=tied) | language
        return t.Mistral3Config(
            vision_config=dict(vision),
            text_config=text(kind, words, **decoder),
            image_token_index=words.convert_tokens_to_ids("[IMG]"),
            spatial_merge_size=merge,
            tie_word_embeddings=tied,
            **top,
        )

    patch = vision["patch_size"]
    picture = t.PixtralImageProcessorPil(
        size={"longest_edge": edge}, patch_size={"height": patch, "width": patch}, **rest.pop("changes", {})
    )
    return dict(
        name=name,
        tokenizer="mistral3",
        config=config,
        picture=picture,
        template=templates.MISTRAL3,
        processor=dict(patch_size=patch, spatial_merge_size=merge),
        **rest,
    )


def yarn(length, beta, theta=1000000.0, **settings):
    """Queries grow by `beta` times the logarithm of how often `length` positions are behind them."""
    base = dict(factor=16.0, beta_fast=32.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0)
    lengths = dict(original_max_position_embeddings=length, llama_4_scaling_beta=beta)
    return rope("yarn", theta=theta, **(base | lengths | settings))


# Small patches, because transformers takes no prompt whose pictures are one token in all.
MISTRAL3 = [
    mistral3("plain", "mistral", {}, dict(rope_parameters=rope("default", theta=1000000000.0)), 48, layout="hub"),
    mistral3(
        "scaled",
        "ministral3",
        dict(num_hidden_layers=3, num_attention_heads=4, patch_size=3),
        dict(head_dim=16, num_key_value_heads=1, rope_parameters=yarn(16, 0.4), padding=6),
        44,
        tie_word_embeddings=True,
        dtype="BF16",
    ),
    mistral3(
        "biased",
        "mistral",
        dict(hidden_size=48, patch_size=2, hidden_act="silu"),
        dict(num_hidden_layers=3, rope_parameters=rope("default", theta=100000.0)),
        40,
        merge=3,
        vision_feature_layer=-2,
        projector_hidden_act="gelu_pytorch_tanh",
        multimodal_projector_bias=True,
        layout="v4",
        dtype="F16",
        shards=2,
        changes=dict(resample=2),
    ),
]

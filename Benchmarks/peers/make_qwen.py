"""One more shape for make_checkpoint.py, with a family whose tokens OpenVINO GenAI prunes:
python3 Benchmarks/peers/make_qwen.py qwen2-vl-2b FOLDER

Needs torch and transformers.
"""

import json
import pathlib
import sys

import transformers as t

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import make_checkpoint


def qwen2_vl():
    """Qwen2-VL-2B: a tower of 32 layers at native resolution, merged by 2 x 2, Qwen2-1.5B."""
    vision = dict(depth=32, embed_dim=1280, num_heads=16, mlp_ratio=4, hidden_size=1536)
    text = dict(hidden_size=1536, intermediate_size=8960, num_hidden_layers=28, num_attention_heads=12)
    text |= dict(num_key_value_heads=2, vocab_size=151936, max_position_embeddings=32768, rms_norm_eps=1e-6)
    text |= dict(rope_parameters=dict(rope_type="default", rope_theta=1e6, mrope_section=[16, 24, 24]))
    words = "qwen2_vl/flat"
    tiny = json.loads((make_checkpoint.GOLDEN / words / "config.json").read_text())
    names = ("video_token_id", "vision_start_token_id", "vision_end_token_id")
    config = t.Qwen2VLConfig(
        vision_config=vision,
        text_config=dict(text, tie_word_embeddings=True),
        tie_word_embeddings=True,
        **{name: tiny[name] for name in names},
    )
    return t.Qwen2VLForConditionalGeneration, config, words, dict(max_pixels=12845056), {}


if __name__ == "__main__":
    t.logging.set_verbosity_error()
    make_checkpoint.SHAPES["qwen2-vl-2b"] = qwen2_vl
    make_checkpoint.write(sys.argv[1], pathlib.Path(sys.argv[2]))

"""Espalier beside its peers: python3 Benchmarks/peers/compare.py FOLDER --shape llava-1.4b [options]

FOLDER is what setup.sh and prepare.sh made. Every round asks every engine, one after the other, each in a
process of its own with the same picture, question, number of tokens and threads. Prints a Markdown table of
medians, each with its ratio to Espalier's int8, and writes every figure to FOLDER/SHAPE/results.json; with
--rounds 0 the table is that of this file. A run during which other processes took more than --others of the
processors is repeated. Plans that are missing are imported; --import imports them anew, for a newer Espalier.
With --isa avx2 every engine runs as on a processor that has AVX2 and nothing newer, llama.cpp as
`ISA=avx2 setup.sh` built it; figures go to results-avx2.json. Needs nothing but python3, on Linux.

Engines are espalier-WEIGHTS, transformers-DTYPE, llama-WEIGHTS, openvino-WEIGHTS and, for families that
OpenVINO GenAI lacks, optimum-WEIGHTS; those that do not know a shape are left out. A "+" adds settings to
Espalier's or OpenVINO GenAI's: espalier-int8a7 is int8 with activations of 7 bits, espalier-int8+balanced prunes with the settings of the reference model's point
balanced, espalier-int8+contrast with those of the tile model's (neither's first request is measured), openvino-int8+f32 computes in float32 with the default dynamic quantisation, +sdpa has no
paged attention, +pruneN drops N per cent of the visual tokens.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = "espalier-int8,espalier-int8+balanced,espalier-int8+contrast,espalier-int4,espalier-bf16,transformers-float32,transformers-bfloat16,llama-q8_0,llama-q4_0"
ENGINES += ",openvino-int8,openvino-int4"
BASE = "espalier-int8"
# The reference model's point `balanced` for every layer of another model.
BALANCED = "--keep 0.6 --prune-layer 1 --rule sinkhorn --alpha 0.3 --beta 1 --gamma 0.1 --sigma 4 --epsilon 0.03"
BALANCED += " --ffn-layers 0-{last} --neurons leading --neuron-share 0.267 --retention 0.745"
# The tile model's: its horizon is behind the eleventh of twelve layers.
CONTRAST = "--contrast-threshold 1.09 --contrast-margin 0 --contrast-spacing 4 --horizon {horizon}"
LAYERS = {"llava-1.4b": 22, "smolvlm-256m": 30, "qwen2-vl-2b": 28, "qwen3-vl-2b": 28, "lfm2-vl-450m": 16}
LAYERS |= {"gemma-3-4b": 34, "qwen3.5-0.8b": 24}
# What lets programs and libraries take the processor for one with AVX2 and nothing newer.
ISAS = {
    "avx2": {
        "ESPALIER_KERNELS": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX X86_V4 AVX512_ICL AVX512_SPR",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD",
    }
}
# The words around the question: all of them for OpenVINO, what the template lacks for llama.cpp.
TEXT = {
    "llava": {"openvino": "USER: <image>\n{} ASSISTANT:", "llama": "\n{}"},
    "smolvlm": {"llama": "{}"},
    "qwen2": {
        "openvino": "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
        "<|vision_start|><|image_pad|><|vision_end|>{}<|im_end|>\n<|im_start|>assistant\n"
    },
    "qwen3": {
        "openvino": "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{}<|im_end|>\n"
        "<|im_start|>assistant\n",
        "llama": "{}",
    },
    "qwen3.5": {
        "openvino": "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{}<|im_end|>\n"
        "<|im_start|>assistant\n<think>\n\n</think>\n\n",
        "llama": "{}",
    },
    "lfm2": {"llama": "{}"},
    "gemma": {
        "openvino": "<start_of_turn>user\n<start_of_image>{}<end_of_turn>\n<start_of_turn>model\n",
        "llama": "\n\n{}",
    },
}
# What the environment of transformers cannot prepare a picture for: that needs torchvision.
WITHOUT_TRANSFORMERS = ("lfm2",)


def plan_of(options, weights):
    return options.folder / options.shape / f"{weights.partition('+')[0]}.h5"


def espalier(options, weights):
    plan = plan_of(options, weights)
    command = [options.binaries / "espalier-run", plan, "--image", options.image, "--prompt", options.prompt]
    return command + ["--max-tokens", options.tokens, "--threads", options.threads, "--json"]


def espalier_again(options, weights):
    """What a later request takes: espalier-run serves one."""
    plan = plan_of(options, weights)
    command = [
        options.binaries / "espalier",
        "bench",
        plan,
        "--image",
        options.image,
        "--prompt",
        options.prompt,
    ]
    command += ["--points", "dense", "--repetitions", "1", "--warm-up", "1", "--format", "json"]
    layers = LAYERS[options.shape]
    if weights.endswith("+balanced"):
        command += BALANCED.format(last=layers - 1).split()
    if weights.endswith("+contrast"):
        command += CONTRAST.format(horizon=round(layers * 11 / 12) - 1).split()
    return command + ["--tokens", options.tokens, "--threads", options.threads]


def transformers(options, dtype):
    command = [options.folder / "reference/bin/python", HERE / "run_transformers.py"]
    command += [
        options.folder / options.shape / "checkpoint",
        options.image,
        options.prompt,
        "--dtype",
        dtype,
    ]
    return command + ["--max-tokens", options.tokens, "--threads", options.threads]


def llama(options, weights):
    models = options.folder / options.shape / "llama"
    tower = "bf16" if weights == "bf16" else "q8_0"
    program = options.folder / f"llama.cpp{options.suffix}/bin/llama-mtmd-cli"
    command = [sys.executable, HERE / "run_llama.py", program]
    command += [models / f"language.{weights}.gguf", models / f"vision.{tower}.gguf", options.image]
    command += [options.text["llama"].format(options.prompt)]
    return command + ["--max-tokens", options.tokens, "--threads", options.threads]


def openvino(options, weights):
    weights, *settings = weights.split("+")
    command = [options.folder / "openvino/bin/python", HERE / "run_openvino.py"]
    command += [options.folder / options.shape / f"openvino-{weights}", options.image]
    command += [options.text["openvino"].format(options.prompt)]
    for setting in settings:
        if setting == "f32":
            command += ["--property", "INFERENCE_PRECISION_HINT=f32"]
        elif setting == "sdpa":
            command += ["--sdpa"]
        elif setting.startswith("prune"):
            command += ["--pruning", setting.removeprefix("prune")]
        else:
            raise SystemExit(f"openvino has no setting {setting}")
    return command + ["--max-tokens", options.tokens, "--threads", options.threads]


def optimum(options, weights):
    command = [options.folder / "openvino-old/bin/python", HERE / "run_transformers.py"]
    models = options.folder / options.shape
    command += [
        models / "checkpoint-old",
        options.image,
        options.prompt,
        "--openvino",
        models / f"openvino-{weights}",
    ]
    return command + ["--max-tokens", options.tokens, "--threads", options.threads]


def environment(options, engine):
    """This process's variables, and those that hold an engine to the instructions asked for."""
    variables = dict(os.environ, **ISAS.get(options.isa, {}))
    if options.isa and engine in ("openvino", "optimum"):
        # oneDNN's variable does not reach the kernels that OpenVINO chooses by itself. Alone it is an error.
        variables["LD_PRELOAD"] = str((options.folder / "without-avx512.so").resolve(strict=True))
    return variables


def busy(load=None):
    """Seconds that all processors have worked, for whomever but the process `load`."""
    user, nice, system, _, _, *others = map(int, open("/proc/stat").readline().split()[1:9])
    ticks = sum([user, nice, system, *others])
    if load:
        ticks -= sum(map(int, open(f"/proc/{load}/stat").read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def run(command, variables, load=None):
    """The object a command prints, its and its children's peak memory, the share of time that others had."""
    start, worked = time.monotonic(), busy(load)
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, env=variables)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    others = busy(load) - worked - usage.ru_utime - usage.ru_stime
    share = max(others, 0) / (time.monotonic() - start) / os.cpu_count()
    return json.loads(output), usage.ru_maxrss * 1024, share


def run_alone(command, variables, limit, load=None):
    """The same once the machine is quiet, until it stays so; after half an hour, the quietest run."""
    runs, start = [], time.monotonic()
    while not runs or runs[-1][2] > limit and time.monotonic() - start < 1800:
        worked = busy(load)
        time.sleep(2)
        if busy(load) - worked < 2 * limit * os.cpu_count() or time.monotonic() - start > 1800:
            runs.append(run(command, variables, load))
    return min(runs, key=lambda result: result[2])


def ask(options, engine, load=None):
    """An engine's figures; the process `load`, if any, may work beside it."""
    name, _, weights = engine.partition("-")
    surroundings = environment(options, name), options.others, load
    answer, peak, others = run_alone(globals()[name](options, weights), *surroundings)
    requests = answer.get("requests", [answer])
    if name == "espalier":
        answer["prompt"] = answer["counts"]["prompt"]
        bench, _, more = run_alone(espalier_again(options, weights), *surroundings)
        # The last point is the one asked for: dense, or what was put beside it.
        point, others = bench["points"][-1], max(others, more)
        # Settings may shorten the prompt; the question is the same when dense reads as many tokens of it.
        assert bench["points"][0]["counts"]["prompt"] == answer["prompt"]
        stages = {stage["stage"].replace(" ", "_"): stage["median"] for stage in point["stages"]}
        if "+" in weights:
            answer["seconds"] = dict.fromkeys(answer["seconds"])
            answer["decode_tokens_per_second"] = None
        requests.append(
            {**answer, "seconds": stages, "decode_tokens_per_second": point["decode_tokens_per_second"]}
        )
    figures = {}
    for part, request in {"cold": requests[0], "warm": requests[-1]}.items():
        figures[part] = {key: request["seconds"][key] for key in ("vision", "prefill", "first_token")}
        figures[part]["decode"] = request["decode_tokens_per_second"]
    return figures | {
        "peak": peak,
        "prompt": requests[-1]["prompt"],
        "tokens": requests[-1]["tokens"],
        "others": others,
    }


def import_plans(options):
    for engine in options.engines:
        name, _, weights = engine.partition("-")
        plan = plan_of(options, weights)
        weights, _, settings = weights.partition("+")
        if name == "espalier" and (not plan.exists() or options.fresh and not settings):
            plan.unlink(missing_ok=True)
            command = [options.binaries / "espalier", "import", options.folder / options.shape / "checkpoint"]
            command += ["--output", plan, "--weights", weights.removesuffix("a7")]
            command += ["--narrow-products", "all"] if weights.endswith("a7") else []
            subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL)


def table(results):
    """Rows of medians; ratios of times and memory are this engine's by Espalier's, those of rates as well."""

    def median(engine, *keys):
        values = []
        for answer in results[engine]:
            for key in keys:
                answer = answer[key]
            values.append(answer)
        return None if None in values else statistics.median(values)

    def cell(engine, text, *keys):
        value = median(engine, *keys)
        if value is None:
            return "-"
        ratio = f" ({value / median(BASE, *keys):.2f}x)" if results.get(BASE) and engine != BASE else ""
        return text(value) + ratio

    seconds = lambda value: f"{value:.2f} s"
    rate = lambda value: f"{value:.1f} /s"
    memory = lambda value: f"{value / 2**20:.0f} MiB"
    head = ["engine", "vision", "prefill", "first token", "the same, first request", "decode", "peak memory"]
    head += ["prompt tokens"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for engine in filter(results.get, results):
        cells = [engine] + [
            cell(engine, seconds, "warm", key) for key in ("vision", "prefill", "first_token")
        ]
        cells += [cell(engine, seconds, "cold", "first_token"), cell(engine, rate, "warm", "decode")]
        cells += [cell(engine, memory, "peak"), str(results[engine][0]["prompt"])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments(engines=ENGINES):
    """What this script and load.py are asked alike."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shape", default="llava-1.4b")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", default=engines, help="with commas between (default: %(default)s)")
    parser.add_argument("--binaries", type=pathlib.Path, default=HERE.parent.parent / ".build/release")
    parser.add_argument("--isa", choices=ISAS, help="the newest instructions allowed (default: all)")
    parser.add_argument("--prompt", default="What is in this picture?")
    parser.add_argument("--image", type=pathlib.Path, help="(default: FOLDER/photo.jpg)")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--others", type=float, default=0.05, help="(default: %(default)s)")
    parser.add_argument("--import", dest="fresh", action="store_true", help="import Espalier's plans anew")
    options = parser.parse_args()
    options.image = options.image or options.folder / "photo.jpg"
    options.suffix = f"-{options.isa}" if options.isa else ""
    family = options.shape.split("-")[0]
    options.text = TEXT[family]
    lacking = [name for name in ("llama", "openvino") if name not in options.text]
    lacking += ["transformers"] if family in WITHOUT_TRANSFORMERS else []
    supported = lambda name: name not in lacking
    options.engines = [name for name in options.engines.split(",") if supported(name.split("-")[0])]
    return options


def heading(options):
    held = f", every engine held to {options.isa}" if options.isa else ""
    return f"{options.shape}{held}:\n"


if __name__ == "__main__":
    options = arguments()
    if options.rounds:
        import_plans(options)
    path = options.folder / options.shape / f"results{options.suffix}.json"
    results = {engine: [] for engine in options.engines} if options.rounds else json.loads(path.read_text())
    for number in range(options.rounds):
        for engine in options.engines:
            results[engine].append(ask(options, engine))
            figures = results[engine][-1]
            print(
                f"round {number + 1}, others {figures['others']:.1%}, {engine}: {figures['warm']}",
                file=sys.stderr,
            )
            path.write_text(json.dumps(results, indent=1))
    print(heading(options))
    print(table(results))

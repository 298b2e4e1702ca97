"""What a busy neighbour costs each engine: python3 Benchmarks/peers/load.py FOLDER --shape SHAPE [options]

FOLDER, options and figures are those of compare.py. Every round asks every engine twice, once on a quiet
machine and once while a process keeps the last of its processors busy; which comes first changes from round
to round. Prints a Markdown table of medians, with the ratio of the loaded one to the quiet one: of times,
above 1 is slower, of rates, below 1 is. Writes every figure to FOLDER/SHAPE/load.json. The busy process ends
with this one, however this one ends. Needs nothing but python3, on Linux.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys

import compare

ENGINES = "espalier-int8,llama-q8_0,openvino-int8"
# Works until the process that started it is gone: its parent is then another one.
BUSY = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[2])})
while os.getppid() == int(sys.argv[1]):
    for _ in range(100000): pass
"""


@contextlib.contextmanager
def neighbour(processor):
    """The number of a process that keeps a processor busy inside the `with`, and no longer."""
    process = subprocess.Popen([sys.executable, "-c", BUSY, str(os.getpid()), str(processor)])
    try:
        yield process.pid
        assert process.poll() is None, "the busy process ended too early"
    finally:
        process.kill()
        process.wait()


def ask(options, engine, is_loaded):
    if not is_loaded:
        return compare.ask(options, engine)
    with neighbour(max(os.sched_getaffinity(0))) as load:
        return compare.ask(options, engine, load)


def table(results):
    head = ["engine", "first token", "with a busy neighbour", "decode", "with a busy neighbour"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for engine, states in results.items():
        cells = [engine]
        for key, unit in {"first_token": "s", "decode": "/s"}.items():
            median = lambda state: statistics.median(answer["warm"][key] for answer in states[state])
            quiet, loaded = median("quiet"), median("loaded")
            digits = 2 if unit == "s" else 1
            cells += [f"{quiet:.{digits}f} {unit}", f"{loaded:.{digits}f} {unit} ({loaded / quiet:.2f}x)"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    options = compare.arguments(ENGINES)
    path = options.folder / options.shape / f"load{options.suffix}.json"
    results = {engine: {"quiet": [], "loaded": []} for engine in options.engines}
    if options.rounds:
        compare.import_plans(options)
    else:
        results = json.loads(path.read_text())
    for number in range(options.rounds):
        for engine in options.engines:
            for is_loaded in (False, True) if number % 2 == 0 else (True, False):
                state = "loaded" if is_loaded else "quiet"
                figures = ask(options, engine, is_loaded)
                results[engine][state].append(figures)
                others = f"{state}, others {figures['others']:.1%}"
                print(f"round {number + 1}, {others}, {engine}: {figures['warm']}", file=sys.stderr)
                path.write_text(json.dumps(results, indent=1))
    print(compare.heading(options))
    print(table(results))

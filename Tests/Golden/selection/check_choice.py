"""Compares the tokens that a plan keeps under `divprune`, `dart` and `cdpruner` with what NumPy chooses.

    python3 Tests/Golden/selection/check_choice.py PLAN PICTURE [--keep 0.5] [--program .build/release/espalier]

Pictures of one block of tokens only. The rows come from `espalier trace --hidden-states` (the residual stream before the first layer), the kept tokens from
`espalier explain --json` with the same options as `espalier evaluate --rule RULE --keep SHARE` takes. Needs NumPy and h5py.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

from make_golden import choices


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("plan")
    arguments.add_argument("picture")
    arguments.add_argument("--keep", type=float, default=0.5)
    arguments.add_argument("--prompt", default="What is in the picture?")
    arguments.add_argument("--program", default=".build/release/espalier")
    options = arguments.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    question = [options.plan, "--image", options.picture, "--prompt", options.prompt]

    trace = folder / "trace.h5"
    subprocess.run(
        [options.program, "trace", *question, "--hidden-states", "--output", trace], check=True, capture_output=True
    )
    with h5py.File(trace) as file:
        ids = np.array(file["input_ids"])
        rows = np.array(file["hidden_states"])[0].astype(np.float64)
    values, counts = np.unique(ids, return_counts=True)
    visual = np.flatnonzero(ids == values[counts.argmax()])
    asked = np.arange(visual[-1] + 1, len(ids))
    count = int(np.floor(options.keep * len(visual)))
    expected = choices(rows[visual], rows[asked], count)

    failed = False
    for rule, chosen in expected.items():
        result = subprocess.run(
            [options.program, "explain", *question, "--json", "--keep", str(options.keep), "--rule", rule]
            + ["--prune-layer", "-1", "--output", folder / "overlay.png"],
            check=True, capture_output=True,
        )
        blocks = json.loads(result.stdout)["pictures"][0]["blocks"]
        block = blocks[0]
        kept = sorted(set(range(block["rows"] * block["columns"])) - set(block["dropped_tokens"]))
        same = len(set(kept) & set(chosen))
        print(f"{rule}: {len(kept)} of {len(visual)} tokens kept, {same} of {count} as NumPy chooses")
        failed |= sorted(kept) != chosen
    sys.exit(failed)


if __name__ == "__main__":
    main()

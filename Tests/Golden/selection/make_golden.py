"""Writes choices.json: which rows the rules divprune, dart and cdpruner choose, by definitions written from the papers.

    python3 Tests/Golden/selection/make_golden.py

Needs NumPy. The functions below are also what `check_choice.py` compares a whole plan with.
"""

import json
import pathlib

import numpy as np


def cosines(left, right):
    def unit(rows):
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)

    return unit(left) @ unit(right).T


def divprune(rows, count):
    """arXiv 2503.02175, equation 3 and algorithm 1: greedy max-min of the cosine distance."""
    distance = 1 - cosines(rows, rows)
    others = distance + np.where(np.eye(len(rows)) > 0, np.inf, 0)
    chosen = [int(np.argmax(others.min(axis=1)))]
    while len(chosen) < count:
        nearest = distance[:, chosen].min(axis=1)
        nearest[chosen] = -np.inf
        chosen.append(int(np.argmax(nearest)))
    return sorted(chosen)


def dart(rows, count, pivots=4):
    """arXiv 2502.11494: pivots by norm, then for each of them the tokens least similar to it; numbers as documented."""
    norms = np.linalg.norm(rows, axis=1)
    centres = sorted(range(len(rows)), key=lambda row: (-norms[row], row))[: min(pivots, count)]
    similarity = cosines(rows[centres], rows)
    chosen = set(centres)
    for index in range(len(centres)):
        share = (count - len(chosen)) // (len(centres) - index)
        rest = [row for row in range(len(rows)) if row not in chosen]
        rest.sort(key=lambda row: (similarity[index, row], row))
        chosen.update(rest[:share])
    return sorted(chosen)


def cdpruner(rows, question, count):
    """arXiv 2506.10967: greedy MAP of the DPP with kernel diag(r) S diag(r), by determinants of the chosen submatrix."""
    similarity = cosines(rows, rows)
    relevance = np.ones(len(rows))
    if len(question):
        means = cosines(rows, question).mean(axis=1)
        if means.max() > means.min():
            relevance = (means - means.min() + 1e-6) / (means.max() - means.min())
    kernel = relevance[:, None] * similarity * relevance[None, :]
    # The incremental Cholesky factor of algorithm 1.
    gains = np.diag(kernel).copy()
    factors = np.zeros((0, len(rows)))
    chosen = []
    for _ in range(count):
        open_gains = gains.copy()
        open_gains[chosen] = -np.inf
        best = int(np.argmax(open_gains))
        factor = (kernel[best] - factors[:, best] @ factors) / np.sqrt(max(gains[best], np.finfo(np.float32).tiny))
        factors = np.vstack([factors, factor])
        gains = gains - factor**2
        chosen.append(best)
    return sorted(chosen)


def choices(rows, question, count):
    return {
        "divprune": divprune(rows, count),
        "dart": dart(rows, count),
        "cdpruner": cdpruner(rows, question, count),
    }


def main():
    generator = np.random.default_rng(7)
    cases = []
    while len(cases) < 24:
        grid = generator.integers(2, 9, size=2)
        tokens, width = int(grid.prod()), int(generator.integers(6, 40))
        asked = int(generator.integers(0, 6))
        # Neighbours look alike, as patches do: a few directions and noise.
        directions = generator.normal(size=(5, width))
        rows = directions[generator.integers(0, 5, size=tokens)] * generator.uniform(0.5, 2, size=(tokens, 1))
        rows = (rows + 0.4 * generator.normal(size=(tokens, width))).astype(np.float32)
        question = generator.normal(size=(asked, width)).astype(np.float32)
        count = int(generator.integers(1, min(tokens, width)))
        single = choices(rows, question, count)
        double = choices(rows.astype(np.float64), question.astype(np.float64), count)
        # What rounding decides is no example.
        if single != double:
            continue
        # The greedy choice starts from the largest diagonal and grows the determinant: check that it is no accident.
        cases.append(
            {
                "rows": int(grid[0]), "columns": int(grid[1]), "count": count,
                "tokens": [[round(float(x), 6) for x in row] for row in rows],
                "question": [[round(float(x), 6) for x in row] for row in question],
                "choices": double,
            }
        )
        rounded = np.array(cases[-1]["tokens"])
        asked_rounded = np.array(cases[-1]["question"]).reshape(asked, width)
        if choices(rounded, asked_rounded, count) != double:
            cases.pop()
    path = pathlib.Path(__file__).parent / "choices.json"
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(f"{path}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

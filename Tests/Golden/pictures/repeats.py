"""Writes repeats.json: which merge groups of made-up pictures stay when groups that repeat leave before the tower.

    python3 Tests/Golden/pictures/repeats.py

Needs NumPy. Indices count from 0.

A picture is `rows` x `columns` merge groups of 28 x 28 pixels, three channels of a byte each. It is made in this order:
  1. The pixel in group column c has the colour `background` + c * `step`, the same number for each channel.
  2. Each of `rectangles`, [x, y, width, height, [r, g, b]] in pixels from the top left, is filled; later ones lie on
     top.
  3. Where `noise` is n > 0 a number from -n to n is added to each value, in the order y, x, channel. The generator
     starts with the state `seed`; for each value state = (state * 6364136223846793005 + 1442695040888963407) mod 2^64,
     and the number is (state >> 33) mod (2n + 1) - n.
  4. Values are clamped to 0 ... 255.
`sum` and `sha256` are of the bytes in the order y, x, channel.

Groups are looked at row after row. What a group shows is itself where it stays, and the group that it repeats where it
leaves. It leaves if each of its values differs by at most tau from the value at the same place of what its left
neighbour shows, or else of what its upper neighbour shows, and then it shows that. (So a flat place keeps one group,
and small differences do not add up.)
`kept`, for each tau, are a row's groups as text: `#` stays, `.` leaves.
"""

import hashlib
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
SIDE = 28
TAUS = [0, 2, 8]
PICTURES = [
    # Flat, two rectangles on the grid's lines and one across them.
    dict(name="flat", rows=8, columns=12, background=[240, 240, 235], step=0, noise=0, seed=0,
         rectangles=[[56, 28, 84, 56, [200, 30, 40]], [140, 112, 56, 28, [240, 240, 233]],
                     [230, 60, 50, 120, [20, 90, 200]]]),
    # Steps of 2 from column to column: neighbours are within 2, what is further from the last kept one is not.
    dict(name="steps", rows=6, columns=10, background=[100, 120, 140], step=2, noise=0, seed=0,
         rectangles=[[0, 28, 28, 56, [104, 124, 144]], [112, 84, 84, 28, [109, 129, 149]],
                     [0, 140, 140, 28, [106, 120, 140]]]),
    # Noise: two values of a flat place differ by at most 2.
    dict(name="noise", rows=8, columns=12, background=[90, 160, 90], step=0, noise=1, seed=2024,
         rectangles=[[0, 84, 168, 28, [93, 163, 93]], [56, 28, 28, 28, [99, 169, 99]],
                     [200, 130, 60, 60, [10, 10, 250]], [280, 0, 28, 112, [255, 0, 128]]]),
]


def picture(rows, columns, background, step, noise, seed, rectangles, **_):
    column = np.arange(columns * SIDE) // SIDE
    pixels = np.zeros((rows * SIDE, columns * SIDE, 3), np.int64)
    pixels[:] = np.array(background) + column[None, :, None] * step
    for x, y, width, height, colour in rectangles:
        pixels[y:y + height, x:x + width] = colour
    if noise:
        flat, state = pixels.reshape(-1), seed
        for index in range(len(flat)):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            flat[index] += (state >> 33) % (2 * noise + 1) - noise
    return pixels.clip(0, 255).astype(np.uint8)


def kept(pixels, tau):
    rows, columns = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
    groups = pixels.astype(np.int64).reshape(rows, SIDE, columns, SIDE, 3).transpose(0, 2, 1, 3, 4)
    shown = np.empty((rows, columns), object)
    for r in range(rows):
        for c in range(columns):
            neighbours = ([shown[r, c - 1]] if c else []) + ([shown[r - 1, c]] if r else [])
            like = [n for n in neighbours if np.abs(groups[r, c] - groups[n]).max() <= tau]
            shown[r, c] = like[0] if like else (r, c)
    return np.array([[shown[r, c] == (r, c) for c in range(columns)] for r in range(rows)])


def main():
    lines = []
    for rule in PICTURES:
        pixels = picture(**rule)
        texts = {str(tau): ["".join(".#"[int(stay)] for stay in row) for row in kept(pixels, tau)] for tau in TAUS}
        lines.append(json.dumps(rule | dict(
            sum=int(pixels.astype(np.int64).sum()), sha256=hashlib.sha256(pixels.tobytes()).hexdigest(), kept=texts)))
        print(rule["name"], {tau: "".join(text).count("#") for tau, text in texts.items()})
    (HERE / "repeats.json").write_text(f'{{\n"side": {SIDE},\n"pictures": [\n' + ",\n".join(lines) + "\n]\n}\n")


if __name__ == "__main__":
    main()

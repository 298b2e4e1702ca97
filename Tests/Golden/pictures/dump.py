"""Golden values of how much picture is looked at, from Hugging Face transformers on the tile model in float32.

Writes beside this script:
  resolution.json   prompts and logits with fewer pixels: `size.longest_edge`, no splitting
  tiles.json        the score of each tile
  left_out.json     prompts without the tiles of a low score: positions, logits, greedy answers
  tower.json        visual tokens of one tile: fewer tokens inside the tower, fewer layers, fewer neurons
  contrast.json     prompts without most groups of a low contrast, which leave before the tower, the others standing for
                    them: the same numbers

Needs: torch, transformers 5.23, Pillow, numpy; not torchvision, so that pictures are resized by Pillow.
Run from the top of the repository: python3 Tests/Golden/pictures/dump.py
(`repeats.py` writes repeats.json and needs NumPy alone.)

The modules and weights of transformers do the arithmetic, one thread, float32; what is left out is written out here, in
float64 where rows are chosen. All numbers have 7 significant digits; indices count from 0. Pixels are the bytes that
the processor makes before it scales and normalises them.

Tiles are those of the splitting, row after row; the overview is no tile, comes behind them all and always stays, except
by contrast.

Score of a tile. The tile, 224 x 224, is a grid of 8 x 8 cells of 28 x 28 pixels. The spread of a cell is the standard
deviation of its 784 pixels (values 0 to 255; divided by 784, not 783) in each channel, then the mean of the three
channels. The score is the largest spread of the tile's cells over (the median spread of all cells of all tiles of the
picture + 1). The median of an even number is the mean of the two in the middle; the overview takes no part in it. The 1
is one step of a pixel: it keeps flat pictures from dividing by nothing. A tile stays if its score is at least the
threshold.

A prompt without tiles. Positions are those of the full prompt: a token that stays keeps its own (rotary angles of the
original place), attention is causal over what is left, the answer goes on at the length of the full prompt.
  `stays`    the 64 visual tokens of a tile that is left out go, its `<fake_token_around_image><row_r_col_c>` stays
  `leaves`   these two tokens go too, and the newline that ends a row if all tiles of that row are left out
The empty line before the overview and the overview's own markup always stay.

Inside the tower. `boundary` k: k layers have run; all that follows is about the residual stream there, 256 rows in
raster order of the 16 x 16 patches, not normed. K = floor(share * 256) of them stay, in their order:
  `smallest_norm`, `largest_norm`   the K rows whose L2 norm is smallest (largest); at a tie the lower index stays
  `diverse`     rows are scaled to length 1 (u); the first is the one whose cosine with the mean of all u is largest,
                then always the one whose largest cosine with those already chosen is smallest; ties: the lower index
  `alternate`   floor(i * 256 / K) for i = 0 ..< K
A row that goes belongs to the one that stays with which its cosine is largest (ties: the lower index). `merged`: a row
that stays becomes the plain mean of itself, as it is and not as scaled, and the rows that belong to it; otherwise it
stays as it is. The remaining layers run on the K rows alone, attention without weights. Behind the last layer each row
that went takes the features of the one it belongs to; then the last norm, the pixel shuffle and the connector.

By groups: a group is what the pixel shuffle makes one visual token of, patches (2r, 2c), (2r, 2c+1), (2r+1, 2c),
(2r+1, 2c+1); group 8r + c. Its score is the mean of its four norms; floor(share * 64) groups stay by smallest or
largest score, ties to the lower index; the other groups' rows are dropped at the boundary and nothing is put back: the
connector makes one visual token of each group that stays, in their order.

Depth: the last j layers do not run, the last norm does. Neurons: in the given layers (counted from 0) only the first
`neurons` of the 768 rows of fc1 (and its bias) and columns of fc2 take part; the bias of fc2 stays.

By contrast: groups as above, 28 x 28 pixels, 8 x 8 of them a tile (for this model the same as the cells of the score).
The tiles of a picture put together are one grid, 8 * rows x 8 * columns groups; the overview, 8 x 8, is a grid of its
own. All that follows is done for each of the two grids by itself, by the same rule; margins go across the edges of
tiles. The spread of a group is that of a cell. Its contrast is its spread over (the median spread of all groups of its
grid + 1). A group stands out if its contrast is at least the threshold. It is near if it, or a group at most `margin`
rows and at most `margin` columns away, stands out. Near groups stay. Of the others, B of them, those stay whose row r
and column c on the grid have r % spacing == spacing // 2 and c % spacing == spacing // 2 (none if `spacing` is 0): the
standing ones, b of them, in raster order of the grid. `counts` says how many groups a group stands for: a near one for
itself, 1; the i-th standing one, from 0, for (i + 1) * B // b - i * B // b; one that leaves for 0. So the counts of a
grid add up to its groups, except if b is 0 and B is not. (Some group of a picture stays in all cases here.)

Groups that do not stay leave before the tower: their four patches are not in it at all, no row, not attended to. A
patch that stays keeps its learned position embedding, that of its place in the full tile; attention of a tile is over
its patches that are left; a tile, or the overview, with no group left is not encoded. In the prompt the visual tokens
of the groups that left are missing and nothing else: all markup stays, also that of tiles with no token. Positions are
those of the full prompt, as for tiles left out; `length` is that of the full prompt, where the answer goes on.

A group of count n stands for n (the proportional attention of ToMe): in every attention log(n) is added to the scores
of the keys of its rows, after they are scaled and before the softmax, in all layers and heads. In the tower these are
its four patches, each log(n); in the decoder it is its visual token, for the rows of the prompt and of the answer
alike. Nothing is added for text.

Margins (`margin` in tower.json, `assignment_margin`, `margin_of_threshold`) say how far the closest decision was from
being another one: the next score from the last that stays; the least gap between the best and the second candidate, of
all choices of `diverse` or of all assignments; the least distance of a contrast from the threshold, of all groups of
all tiles and of the overview.
"""

import hashlib
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from transformers import AutoProcessor, Idefics3ForConditionalGeneration, logging
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
MODEL = ROOT / "calib/tile-model"
SCENES = ROOT / "calib/tile-scenes"

# Three shapes, two questions each; the first is the one of resolution.json.
QUESTIONS = ["test-000-0", "test-000-3", "test-008-0", "test-008-2", "test-012-0", "test-012-3"]
SETTINGS = [(896, True), (672, True), (448, True), (896, False)]
THRESHOLD = 1.5
TILE = ("images/test-001.jpg", 4)
BOUNDARIES = [(2, 0.5), (3, 0.3)]
# Threshold, margin, spacing.
CONTRASTS = [(1.1, 1, 4), (1.3, 0, 3), (1.2, 2, 0)]
ANSWER = 96


def short(value):
    """Numbers of 7 significant digits, whatever they are packed in."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [short(item) for item in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def spans(numbers):
    """Ascending numbers as [first, last] of each run without a gap."""
    runs = []
    for number in map(int, numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


class Model:
    def __init__(self):
        self.processor = AutoProcessor.from_pretrained(MODEL)
        assert isinstance(self.processor.image_processor, Idefics3ImageProcessorPil), "torchvision is installed"
        self.whole = Idefics3ForConditionalGeneration.from_pretrained(
            MODEL, dtype=torch.float32, attn_implementation="sdpa").eval()
        self.tower = self.whole.model.vision_model
        self.connector = self.whole.model.connector
        self.decoder = self.whole.model.text_model
        self.image_token = self.whole.config.image_token_id
        self.end = self.whole.config.text_config.eos_token_id

    def text(self, prompt):
        content = [{"type": "image"}, {"type": "text", "text": prompt}]
        return self.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)

    def inputs(self, path, prompt, edge=896, splits=True):
        return self.processor(images=Image.open(path), text=self.text(prompt), return_tensors="pt",
                              size={"longest_edge": edge}, do_image_splitting=splits)

    def bytes(self, path, edge=896, splits=True):
        """The tiles and the overview before scaling and normalising [n, 224, 224, 3], rows and columns of tiles."""
        made = self.processor.image_processor(
            Image.open(path), return_tensors="np", return_row_col_info=True, do_rescale=False, do_normalize=False,
            size={"longest_edge": edge}, do_image_splitting=splits)
        values = made["pixel_values"][0].transpose(0, 2, 3, 1)
        pixels = values.astype(np.uint8)
        assert (pixels == values).all()
        return pixels, int(made["rows"][0][0]), int(made["cols"][0][0])

    def encode(self, pixels):
        """The visual tokens of some tiles [n, 64, 192]."""
        return self.finish(self.layers(self.embed(pixels)))

    def embed(self, pixels):
        side = self.tower.embeddings.num_patches_per_side
        return self.tower.embeddings(pixels, torch.ones(len(pixels), side, side, dtype=torch.bool))

    def layers(self, rows, first=0, last=None, added=None):
        """Some layers; `added` [1, 1, 1, n] is added to the scores of the keys."""
        for layer in self.tower.encoder.layers[first:last]:
            made = layer(rows, attention_mask=added)
            rows = made[0] if isinstance(made, tuple) else made
        return rows

    def finish(self, rows):
        return self.connector(self.tower.post_layernorm(rows))

    def logits(self, embeddings, positions, added=None):
        """The last row of logits; `added` is added to the scores of the keys.

        The mask is given: transformers takes a gap in the positions for a new sequence.
        """
        length = len(positions)
        mask = torch.full((length, length), torch.finfo(torch.float32).min).triu(1)[None, None]
        if added is not None:
            mask = mask + added
        states = self.decoder(inputs_embeds=embeddings[None], position_ids=positions[None], attention_mask=mask,
                              use_cache=False).last_hidden_state
        return self.whole.lm_head(states[0, -1])

    def answer(self, ids, positions, visual, length, added=None):
        """What follows some tokens at their positions: the first logits, greedy tokens and text, the closest call.

        `added` is added to the scores of the keys of the tokens given, nothing to those of the answer's.
        """
        table = self.decoder.get_input_embeddings()
        embeddings = table(ids)
        embeddings[ids == self.image_token] = visual.reshape(-1, embeddings.shape[1])
        first, tokens, gap = None, [], float("inf")
        while len(tokens) < ANSWER:
            row = self.logits(embeddings, positions, added)
            first = row if first is None else first
            best = row.topk(2).values
            gap = min(gap, (best[0] - best[1]).item())
            tokens.append(int(row.argmax()))
            if tokens[-1] == self.end:
                break
            embeddings = torch.cat([embeddings, table(torch.tensor(tokens[-1:]))])
            positions = torch.cat([positions, torch.tensor([length + len(tokens) - 1])])
            if added is not None:
                added = torch.cat([added, torch.zeros(1)])
        return dict(logits=short(first), tokens=tokens,
                    answer=self.processor.tokenizer.decode(tokens, skip_special_tokens=True).strip(),
                    smallest_gap=short(gap))


def spreads(tiles):
    """The spread of each cell [n, 64] of some tiles [n, 224, 224, 3]."""
    cells = tiles.astype(np.float64).reshape(len(tiles), 8, 28, 8, 28, 3)
    return cells.std(axis=(2, 4)).mean(-1).reshape(len(tiles), 64)


def scores(tiles):
    cells = spreads(tiles)
    return cells.max(1) / (np.median(cells) + 1), cells


def left_out(model, ids, rows, columns, kept, markup_leaves):
    """Which tokens of a full prompt stay."""
    stays = torch.ones(len(ids), dtype=torch.bool)
    at = int((ids == model.image_token).nonzero()[0]) - 2
    for row in range(rows):
        for column in range(columns):
            name = model.processor.tokenizer.convert_ids_to_tokens(int(ids[at + 1]))
            assert name == f"<row_{row + 1}_col_{column + 1}>", name
            if not kept[row * columns + column]:
                stays[at if markup_leaves else at + 2:at + 66] = False
            at += 66
        if markup_leaves and not any(kept[row * columns:(row + 1) * columns]):
            stays[at] = False
        at += 1
    return stays


def choose_diverse(rows, count):
    unit = F.normalize(rows.double(), dim=1)
    cosine = unit @ unit.T
    start = F.normalize(unit.mean(0), dim=0) @ unit.T
    best = start.topk(2).values
    margin = (best[0] - best[1]).item()
    chosen = [int(start.argmax())]
    nearest = cosine[chosen[0]].clone()
    while len(chosen) < count:
        open_ = nearest.clone()
        open_[chosen] = float("inf")
        two = open_.topk(2, largest=False).values
        margin = min(margin, (two[1] - two[0]).item())
        chosen.append(int(open_.argmin()))
        nearest = torch.maximum(nearest, cosine[chosen[-1]])
    return sorted(chosen), margin


def choose_extreme(values, count, largest):
    """The indices of the smallest or largest values, lower ones first at a tie."""
    order = torch.sort(-values if largest else values, stable=True).indices
    return sorted(order[:count].tolist()), abs(values[order[count]] - values[order[count - 1]]).item()


def choose(rows, rule, count):
    if rule == "alternate":
        return [i * len(rows) // count for i in range(count)], None
    if rule == "diverse":
        return choose_diverse(rows, count)
    return choose_extreme(rows.double().norm(dim=1), count, rule == "largest_norm")


def assign(rows, chosen):
    """Which of the chosen ones each row belongs to, as an index into them."""
    unit = F.normalize(rows.double(), dim=1)
    cosine = unit @ unit[chosen].T
    owner = cosine.argmax(1)
    owner[chosen] = torch.arange(len(chosen))
    gone = [row for row in range(len(rows)) if row not in set(chosen)]
    best = cosine[gone].topk(2).values
    return owner, (best[:, 0] - best[:, 1]).min().item()


def described(tokens):
    """What is stored of some visual tokens."""
    return dict(first=short(tokens[:4]), means=short(tokens.mean(1)))


def reductions(model, pixels):
    for boundary, share in BOUNDARIES:
        before = model.layers(model.embed(pixels), 0, boundary)
        rows = before[0]
        count = int(np.floor(share * len(rows)))
        for rule in ["smallest_norm", "largest_norm", "diverse", "alternate"]:
            chosen, margin = choose(rows, rule, count)
            owner, assignment = assign(rows, chosen)
            for merged in [False, True]:
                kept = rows[chosen]
                if merged:
                    kept = torch.stack([rows[owner == index].mean(0) for index in range(count)])
                after = model.layers(kept[None], boundary)[:, owner]
                yield dict(boundary=boundary, share=share, rule=rule, merged=merged, kept=chosen, margin=short(margin),
                           assignment_margin=short(assignment), **described(model.finish(after)[0]))


def patches_of_groups():
    """The four patches of each group [64, 4]."""
    return torch.arange(256).reshape(8, 2, 8, 2).permute(0, 2, 1, 3).reshape(64, 4)


def grouped(model, pixels):
    patches = patches_of_groups()
    for boundary, share in BOUNDARIES:
        rows = model.layers(model.embed(pixels), 0, boundary)[0]
        values = rows.double().norm(dim=1)[patches].mean(1)
        for rule in ["smallest_norm", "largest_norm"]:
            chosen, margin = choose_extreme(values, int(np.floor(share * 64)), rule == "largest_norm")
            stays = patches[chosen].flatten().sort().values
            full = torch.zeros_like(rows)
            full[stays] = model.layers(rows[None, stays], boundary)[0]
            yield dict(boundary=boundary, share=share, rule=rule, kept=chosen, margin=short(margin),
                       **described(model.finish(full[None])[0, chosen]))


def contrasts(tiles, rows, columns):
    """The contrast of each group on the grid of some tiles put together [8 * rows, 8 * columns]."""
    cells = spreads(tiles)
    values = cells / (np.median(cells) + 1)
    return values.reshape(rows, columns, 8, 8).transpose(0, 2, 1, 3).reshape(8 * rows, 8 * columns)


def choose_contrast(values, threshold, margin, spacing):
    """How many groups each group of a grid stands for, 0 if it leaves."""
    near = np.zeros(values.shape, dtype=bool)
    for row, column in np.argwhere(values >= threshold):
        near[max(row - margin, 0):row + margin + 1, max(column - margin, 0):column + margin + 1] = True
    standing = [(row, column) for row, column in np.argwhere(~near)
                if spacing and row % spacing == spacing // 2 and column % spacing == spacing // 2]
    others = int((~near).sum())
    counts = near.astype(np.int64)
    for index, place in enumerate(standing):
        counts[place] = (index + 1) * others // len(standing) - index * others // len(standing)
    assert counts.sum() == (counts.size if standing else near.sum())
    return counts


def by_tile(grid):
    """The values of a grid tile after tile [n, 64]."""
    rows, columns = grid.shape[0] // 8, grid.shape[1] // 8
    return grid.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3).reshape(rows * columns, 64)


def encode_groups(model, pixels, counts):
    """The visual tokens of the groups that stay; the tower sees their patches alone, tile after tile."""
    patches = patches_of_groups()
    tokens = []
    for tile, count in zip(pixels, counts):
        if not count.any():
            continue
        of_patch = torch.zeros(256, dtype=torch.int64)
        of_patch[patches] = count[:, None].expand(64, 4)
        stays = of_patch.nonzero()[:, 0]
        added = of_patch[stays].double().log().float()[None, None, None]
        rows = model.embed(tile[None])
        full = torch.zeros(rows.shape)
        full[:, stays] = model.tower.post_layernorm(model.layers(rows[:, stays], added=added))
        tokens.append(model.connector(full)[0, count > 0])
    return torch.cat(tokens)


def few_neurons(model, pixels, layers, count):
    """The visual tokens where some layers have lost all but their first neurons; the weights are put back."""
    saved = []
    for index in layers:
        mlp = model.tower.encoder.layers[index].mlp
        saved.append((mlp, mlp.fc1.weight, mlp.fc1.bias, mlp.fc2.weight))
        mlp.fc1.weight, mlp.fc1.bias, mlp.fc2.weight = (
            torch.nn.Parameter(mlp.fc1.weight[:count]), torch.nn.Parameter(mlp.fc1.bias[:count]),
            torch.nn.Parameter(mlp.fc2.weight[:, :count]))
    tokens = model.encode(pixels)[0]
    for mlp, *weights in saved:
        mlp.fc1.weight, mlp.fc1.bias, mlp.fc2.weight = weights
    return tokens


def write(name, top, **lists):
    """One line a record."""
    parts = [f'"{key}": {json.dumps(value)}' for key, value in top.items()]
    parts += [f'"{key}": [\n' + ",\n".join(json.dumps(record) for record in records) + "\n]"
              for key, records in lists.items()]
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    (HERE / name).write_text(text)
    print(name, len(text), "bytes")


def dump_resolution(model, questions):
    records = []
    for question in questions[::2]:
        path = SCENES / question["image"]
        for edge, splits in SETTINGS:
            inputs = model.inputs(path, question["prompt"], edge, splits)
            pixels, rows, columns = model.bytes(path, edge, splits)
            assert len(pixels) == rows * columns + 1 == inputs["pixel_values"].shape[1]
            ids = inputs["input_ids"][0]
            visual = model.encode(inputs["pixel_values"][0])
            made = model.answer(ids, torch.arange(len(ids)), visual, len(ids))
            # The whole model, without anything of this script's.
            plain = model.whole(**inputs).logits[0, -1]
            assert torch.allclose(plain, torch.tensor(made["logits"]), atol=2e-4)
            records.append(dict(
                image=question["image"], prompt=question["prompt"], longest_edge=edge, splits=splits, rows=rows,
                columns=columns, length=len(ids), image_tokens=int((ids == model.image_token).sum()),
                sha256=[hashlib.sha256(tile.tobytes()).hexdigest() for tile in pixels], **made))
    write("resolution.json", {"pixels": "224 x 224 x RGB, rows from the top, one byte a value; the overview is last"},
          cases=records)


def dump_tiles(model, questions):
    records = []
    for question in questions[::2]:
        pixels, rows, columns = model.bytes(SCENES / question["image"])
        values, cells = scores(pixels[:-1])
        records.append(dict(image=question["image"], rows=rows, columns=columns, scores=short(values),
                            largest=short(cells.max(1)), median=short(float(np.median(cells)))))
    write("tiles.json", {"cell": 28, "added": 1, "threshold": THRESHOLD}, pictures=records)


def dump_left_out(model, questions):
    records = []
    for question in questions:
        path = SCENES / question["image"]
        inputs = model.inputs(path, question["prompt"])
        pixels, rows, columns = model.bytes(path)
        kept = (scores(pixels[:-1])[0] >= THRESHOLD).tolist()
        visual = model.encode(inputs["pixel_values"][0][torch.tensor(kept + [True])])
        ids = inputs["input_ids"][0]
        for leaves in [False, True]:
            stays = left_out(model, ids, rows, columns, kept, leaves)
            positions = stays.nonzero()[:, 0]
            made = model.answer(ids[stays], positions, visual, len(ids))
            records.append(dict(
                image=question["image"], prompt=question["prompt"], markup="leaves" if leaves else "stays",
                kept=[tile for tile, stay in enumerate(kept) if stay], full_length=len(ids),
                length=len(positions), positions=spans(positions), **made))
    write("left_out.json", {"threshold": THRESHOLD}, cases=records)


def dump_tower(model):
    image, tile = TILE
    pixels, _, _ = model.bytes(SCENES / image)
    values = model.inputs(SCENES / image, "")["pixel_values"][0][tile:tile + 1]
    dense = model.encode(values)[0]
    plain = model.whole.model.get_image_features(values[None]).pooler_output
    assert torch.allclose(dense, torch.cat(list(plain)), atol=2e-5)
    depth = [dict(earlier=j, **described(model.finish(model.layers(model.embed(values), 0, 6 - j))[0])) for j in (1, 2)]
    neurons = [dict(layers=layers, neurons=384, **described(few_neurons(model, values, layers, 384)))
               for layers in ([1], [4], [1, 4])]
    assert torch.equal(dense, model.encode(values)[0])
    top = dict(image=image, tile=tile, sha256=hashlib.sha256(pixels[tile].tobytes()).hexdigest(), layers=6,
               dense=described(dense))
    write("tower.json", top, put_back=list(reductions(model, values)), groups=list(grouped(model, values)), depth=depth,
          neurons=neurons)


def dump_contrast(model, questions):
    records = []
    for question in questions:
        path = SCENES / question["image"]
        inputs = model.inputs(path, question["prompt"])
        pixels, rows, columns = model.bytes(path)
        assert len(pixels) == rows * columns + 1 == inputs["pixel_values"].shape[1]
        tiles = inputs["pixel_values"][0]
        every = encode_groups(model, tiles, torch.ones(len(tiles), 64, dtype=torch.int64))
        assert torch.allclose(every, model.encode(tiles).flatten(0, 1), atol=2e-4)
        ids = inputs["input_ids"][0]
        grids = [contrasts(pixels[:-1], rows, columns), contrasts(pixels[-1:], 1, 1)]
        for threshold, margin, spacing in CONTRASTS:
            counts = torch.tensor(np.concatenate(
                [by_tile(choose_contrast(values, threshold, margin, spacing)) for values in grids]))
            assert counts.any(), "no group stays"
            of_token = torch.ones(len(ids), dtype=torch.int64)
            of_token[ids == model.image_token] = counts.flatten()
            positions = of_token.nonzero()[:, 0]
            added = of_token[positions].double().log().float()
            made = model.answer(ids[positions], positions, encode_groups(model, tiles, counts), len(ids), added)
            closest = min(float(np.abs(values - threshold).min()) for values in grids)
            records.append(dict(
                image=question["image"], prompt=question["prompt"], threshold=threshold, margin=margin,
                spacing=spacing, rows=rows, columns=columns, counts=counts.tolist(),
                margin_of_threshold=short(closest), length=len(ids), positions=spans(positions), **made))
    write("contrast.json", {"counts": "how many groups group 8r + c of a tile stands for, 0: it leaves; overview last",
                            "cell": 28, "added": 1}, cases=records)


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model = Model()
    lines = [json.loads(line) for line in open(SCENES / "test.jsonl")]
    questions = [next(line for line in lines if line["id"] == name) for name in QUESTIONS]
    dump_resolution(model, questions)
    dump_tiles(model, questions)
    dump_left_out(model, questions)
    dump_tower(model)
    dump_contrast(model, questions)


if __name__ == "__main__":
    main()

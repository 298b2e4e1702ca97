"""Writes what h5py finds in each plan of this folder to a text beside it: the oracle of GoldenPlanTests.

    python3 dump.py

A plan of each minor version of the format is kept for ever. GoldenPlanTests writes that of the current version once,
with ESPALIER_UPDATE_PLANS=1 in the environment, and never changes it again.
"""

import hashlib
import pathlib

import h5py
import numpy


def form(data_type):
    """The name of an element type, as docs/FORMAT.md has it."""
    return f"text({data_type.itemsize})" if data_type.kind == "S" else str(data_type)


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


def attributes(item, lines):
    for name in sorted(item.attrs, key=lambda name: name.encode()):
        identifier = item.attrs.get_id(name)
        value = numpy.empty(identifier.shape, identifier.dtype)
        identifier.read(value)
        lines.append(f"  @{name} {form(value.dtype)} {list(value.shape)} {digest(value.tobytes())}")


for path in sorted(pathlib.Path(__file__).parent.glob("*.h5")):
    found = {}
    with h5py.File(path, "r") as file:
        found["/"] = file
        file.visititems(lambda name, item: found.update({"/" + name: item}))
        lines = []
        for name in sorted(found, key=lambda name: name.encode()):
            item = found[name]
            if isinstance(item, h5py.Dataset):
                # 'S' types drop trailing zeros on conversion; raw bytes do not.
                raw = numpy.empty(item.shape, item.dtype)
                if item.size:
                    item.id.read(h5py.h5s.ALL, h5py.h5s.ALL, raw, mtype=item.id.get_type())
                lines.append(f"{name} {form(item.dtype)} {list(item.shape)} {digest(raw.tobytes())}")
            else:
                lines.append(name)
            attributes(item, lines)
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n")

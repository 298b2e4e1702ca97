"""torchvision beside a torch without CUDA, for the processors that have no other way to resize; nothing else may import it.

Its compiled operators ask for CUDA where the package index has no other build. Resizing needs none of them: their names are
enough for the import.
"""

import torch

_OPERATORS = ["deform_conv2d", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool"]

LIBRARY = torch.library.Library("torchvision", "DEF")
for name in ["nms", "qnms", "qroi_align", *_OPERATORS, *(f"_{name}_backward" for name in _OPERATORS)]:
    LIBRARY.define(f"{name}() -> ()")

import torchvision  # noqa: E402, F401

"""Writes the PyTorch files that TorchFileTests reads: python3 make_torch_files.py

Made with PyTorch 2.13.0. Values are closed formulas, so the test knows them without a second file.
"""

import argparse
import collections
import os
import pickle
import zipfile

import torch

here = os.path.dirname(os.path.abspath(__file__))
base = torch.arange(24, dtype=torch.float32) * 0.5 - 3

checkpoint = {
    "epoch": 7,
    "args": argparse.Namespace(lr=1e-3, name="ü", big=1 << 80),
    "state_dict": collections.OrderedDict(
        [
            ("module.row_major", base.view(2, 3, 4)),
            ("module.transposed", base.view(2, 3, 4).permute(2, 0, 1)),
            ("module.slice", base.view(4, 6)[1:3, 2:5]),
            ("module.parameter", torch.nn.Parameter(torch.tensor([1.5, -2.25]))),
            ("module.half", torch.tensor([1.0, -0.333251953125, 65504.0], dtype=torch.float16)),
            ("module.bfloat", torch.tensor([1.0, -3.140625], dtype=torch.bfloat16)),
            ("module.double", torch.tensor([0.1, -2.5], dtype=torch.float64)),
            ("module.long", torch.tensor([-5, 1 << 20])),
            ("module.int", torch.tensor([-70000, 70000], dtype=torch.int32)),
            ("module.short", torch.tensor([-300, 300], dtype=torch.int16)),
            ("module.char", torch.tensor([-128, 127], dtype=torch.int8)),
            ("module.byte", torch.tensor([0, 7, 255], dtype=torch.uint8)),
            ("module.bool", torch.tensor([True, False, True])),
            ("module.scalar", torch.tensor(4.5)),
            ("module.empty", torch.zeros(0, 3)),
        ]
    ),
    "optimizer": {"state": {0: {"exp_avg": torch.ones(2), "step": 3}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
}


def path(name):
    return os.path.join(here, name)


def zip_file(name, content, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path(name), "w", compression) as archive:
        for member, data in content.items():
            archive.writestr(member, data)


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/a-pickle-was-run",)


torch.save(checkpoint, path("zip.pth"))
torch.save(checkpoint, path("legacy.pth"), _use_new_zipfile_serialization=False)
torch.save({"weight": base.expand(4000, 24)}, path("expanded.pth"))
zip_file("evil.pth", {"archive/data.pkl": pickle.dumps({"weight": Evil()}, protocol=2)})
zip_file("compressed.pth", {"archive/data.pkl": pickle.dumps({}, protocol=2) + b" " * 200}, zipfile.ZIP_DEFLATED)
zip_file("big_endian.pth", {"archive/data.pkl": pickle.dumps({}, protocol=2), "archive/byteorder": "big"})
zip_file("no_pickle.pth", {"archive/notes.txt": "nothing here"})

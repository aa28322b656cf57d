"""Writes the numbers that the Swift tests compare with: `python make_fixtures.py` (or `--check` to compare instead).

Every file is one small model, one batch, and what the peer computes from them in 64-bit floats: outputs, weighted
losses, the gradient of every parameter tensor, and the loss over ten steps of Adam on that batch. Parameters and batch
are rounded to 32 bits before they are used: reader and writer start from the same numbers. README.md lists the tensors.
"""

import argparse
import json
import pathlib
import struct
import sys
from dataclasses import asdict

import torch

from nvd_peer import Batch, Config, Grid, Model, Weights, losses

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "DecompositionTests" / "Fixtures"
GRID_RATE, NETWORK_RATE, STEPS = 1e-2, 5e-4, 10


def small(**changes):
    """Networks of width 16; grids of 4, 8, 16, 32 cells with 256 entries a level, so both kinds of indexing occur."""
    grids = {f"{name}_grid": Grid(dims, levels=4, base=4, growth=2, log2_entries=8)
             for name, dims in (("texture", 2), ("residual", 3), ("alpha", 3))}
    return Config(**{**dict(width=192, height=108, frames=6, mapping_hidden=16, hidden=16, **grids), **changes})


CASES = {
    # The paper's model: plain mapping, no biases; colour losses on the first point of every stencil.
    "paper": dict(seed=1, group=3, config=small(bias=False)),
    # The mapping as a residual over motion, the loss without residuals, groups of one stencil and 9 single points.
    "fast": dict(seed=2, group=12, config=small(skip=True, weights=Weights(
        bare=5, global_rigidity_foreground=0.005, global_rigidity_background=0.05))),
    # Two foregrounds in front of a background.
    "layers": dict(seed=3, group=3, config=small(
        layers=("foreground0", "foreground1", "background"), uv_scales=(0.9, 0.9, 0.6),
        weights=Weights(global_rigidity_foreground=0.005, global_rigidity_background=0.05))),
}


def rounded(tensor):
    return tensor.float().double()


def uniform(low, high, *shape):
    return rounded(torch.rand(*shape, dtype=torch.float64) * (high - low) + low)


def parameters(config):
    """Values with which everything is generic: textures full of detail, mappings that neither fold nor stand still."""
    result = {}
    for name, shape in config.parameter_shapes().items():
        if name.endswith("grid"):
            result[name] = uniform(-0.5, 0.5, *shape)
        elif ".mapping." in name and not config.skip:
            result[name] = passing(name, shape)
        elif name.endswith("bias"):
            result[name] = uniform(-0.3, 0.3, *shape)
        else:
            bound = 0.15 if ".mapping." in name else 1.7 * (3 / shape[1]) ** 0.5
            result[name] = uniform(-bound, bound, *shape)
    return result


def passing(name, shape):
    """Part of a mapping near 0.8 (x, y): four units hand relu(a), relu(-a), relu(b), relu(-b) on with a near x and b
    near y, everything else is small; no place is dead for both units of a pair, so the mapping never folds."""
    tensor = uniform(-0.06, 0.06, *shape)
    if name.endswith("bias"):
        return tensor.abs()
    if shape[1] == 3:
        tensor[0, 0] += 1
        tensor[2, 1] += 1
        tensor[1], tensor[3] = -tensor[0], -tensor[2]
    elif shape[0] == 2:
        tensor[:, :4] += 0.8 * torch.tensor([[1, -1, 0, 0], [0, 0, 1, -1]])
    else:
        tensor[:4] = tensor[:4].abs() + torch.eye(4, shape[1])
    return rounded(tensor)


def homographies(config):
    """(N, frames, 3, 3): a different drift with some rotation and perspective for every layer."""
    time = torch.arange(config.frames, dtype=torch.float64) - config.frames / 2
    matrices = torch.eye(3, dtype=torch.float64).repeat(len(config.layers), config.frames, 1, 1)
    for i in range(len(config.layers)):
        matrices[i, :, 0, 1], matrices[i, :, 1, 0] = -0.01 * (i + 1) * time, 0.012 * time
        matrices[i, :, 0, 2], matrices[i, :, 1, 2] = (2.3 - 3 * i) * time, 1.1 * (i + 1) * time
        matrices[i, :, 2, 0], matrices[i, :, 2, 1] = 1e-4 * time, -5e-5 * (i + 1) * time
    return rounded(matrices)


def draw(config, group, count=36):
    """A batch of `count` points in groups of one stencil and `group - 3` single points."""
    extents = (config.width, config.height, config.frames)
    points = torch.stack([torch.randint(1, extent - 1, (count,)) for extent in extents], 1)
    first = torch.arange(0, count, group)
    for neighbour, axis in ((1, 0), (2, 1)):
        points[first + neighbour] = points[first]
        points[first + neighbour, axis] += 1
    matched = torch.arange(0, count, 3).repeat_interleave(2)
    moved = points[matched].double() + uniform(-4, 4, len(matched), 3)
    moved[:, 2] = points[matched, 2] + torch.tensor([1, -1]).repeat(len(matched) // 2)
    middle = torch.stack([torch.randint(1, extent - 1, (8,)) for extent in extents[:2]], 1)
    offsets = torch.tensor([(i, j) for j in (-1, 0, 1) for i in (-1, 0, 1)])
    mapped = torch.randint(config.frames, (8,))
    compared = (mapped + torch.randint(1, config.frames, (8,))) % config.frames
    return Batch(
        points=points.double(),
        rgb=uniform(0, 1, count, 3),
        masks=torch.randint(2, (count, len(config.layers) - 1)).double(),
        colour=first if group == 3 else torch.arange(count),
        stencils=first[:, None] + torch.arange(3),
        flow_index=matched,
        flow_points=rounded(moved),
        global_index=torch.arange(0, count, 9) if config.weights.global_rigidity_background else torch.arange(0),
        smooth_points=(middle[:, None] + offsets).double(),
        smooth_times=torch.stack((mapped, compared), 1).double())


def evaluate(config, values, batch, matrices, dtype):
    """Weighted losses and gradients, computed in `dtype`."""
    values = {name: tensor.to(dtype, copy=True).requires_grad_() for name, tensor in values.items()}
    cast = Batch(**{n: tensor.to(dtype) if tensor.is_floating_point() else tensor for n, tensor in vars(batch).items()})
    model = Model(config, values, None if matrices is None else matrices.to(dtype))
    terms = losses(model, cast)
    sum(terms.values()).backward()
    return model, terms, {name: tensor.grad for name, tensor in values.items()}


def gradients_by_term(config, values, batch, matrices):
    """`term.<term>.<parameter>`: the gradient of one loss alone, for the first and last weights of every network. Small
    losses drown in the gradient of the sum; here an error in one of them shows. Zero where no path leads."""
    chosen = {n: tensor for n, tensor in values.items() if n.endswith((".0.weight", ".3.weight"))}
    chosen = {n: tensor.clone().requires_grad_() for n, tensor in chosen.items()}
    result = {}
    for term, value in losses(Model(config, values | chosen, matrices), batch).items():
        gradients = torch.autograd.grad(
            value, list(chosen.values()), retain_graph=True, allow_unused=True, materialize_grads=True)
        result |= {f"term.{term}.{name}": gradient for name, gradient in zip(chosen, gradients)}
    return result


def trace(config, values, batch, matrices):
    """The total loss before each of ten steps of Adam (beta 0.9 and 0.999, epsilon 1e-8) on the same batch."""
    values = {name: tensor.clone().requires_grad_() for name, tensor in values.items()}
    model = Model(config, values, matrices)
    rates = {name: GRID_RATE if name.endswith("grid") else NETWORK_RATE for name in values}
    adam = torch.optim.Adam([{"params": [tensor], "lr": rates[name]} for name, tensor in values.items()])
    totals = []
    for _ in range(STEPS):
        adam.zero_grad()
        total = sum(losses(model, batch).values())
        total.backward()
        adam.step()
        totals.append(total.item())
    return torch.tensor(totals, dtype=torch.float64)


def case(name, seed, group, config):
    """All tensors of a file. Fails where 32 and 64 bits disagree: then a value sits on a kink, and the seed is bad."""
    torch.manual_seed(seed)
    values, batch = parameters(config), draw(config, group)
    matrices = homographies(config) if config.skip else None
    model, terms, gradients = evaluate(config, values, batch, matrices, torch.float64)
    _, _, single = evaluate(config, values, batch, matrices, torch.float32)
    worst = max(((single[n].double() - g).abs().max() / g.abs().max()).item() for n, g in gradients.items())
    print(f"{name}: total {sum(terms.values()).item():.4f}, gradients in 32 bits off by {worst:.1e} of the largest")
    print("  " + ", ".join(f"{term} {value.item():.4f}" for term, value in terms.items()))
    if worst > 1e-4:
        sys.exit(f"{name}: take another seed")

    tensors = dict(values)
    tensors |= {f"gradient.{n}": gradient for n, gradient in gradients.items()}
    tensors |= gradients_by_term(config, values, batch, matrices)
    tensors |= {f"loss.{term}": value for term, value in terms.items()}
    tensors["loss.total"] = sum(terms.values())
    tensors |= {f"batch.{n}": tensor for n, tensor in vars(batch).items()}
    outputs = ("expected.uv", "expected.texture", "expected.residual", "expected.alpha")
    tensors |= dict(zip(outputs, model.evaluate(batch.points)))
    tensors["expected.trace"] = trace(config, values, batch, matrices)
    if config.skip:
        tensors |= {f"homography.{layer}": matrices[i] for i, layer in enumerate(config.layers)}
    adam = {"grids": GRID_RATE, "networks": NETWORK_RATE, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    return {n: tensor.detach() for n, tensor in tensors.items()}, {
        "case": name, "config": json.dumps(asdict(config)), "adam": json.dumps(adam),
        "generator": "Benchmarks/peer/make_fixtures.py", "torch": torch.__version__}


def serialised(tensors, metadata):
    """The bytes of a safetensors file: numbers as F32, indices as I64."""
    header, body = {"__metadata__": metadata}, b""
    for name, tensor in sorted(tensors.items()):
        kind, code, flat = ("F32", "f", tensor.float()) if tensor.is_floating_point() else ("I64", "q", tensor)
        data = struct.pack(f"<{tensor.numel()}{code}", *flat.flatten().tolist())
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def deserialised(data):
    """The tensors of a file that `serialised` wrote."""
    length = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    header.pop("__metadata__")
    result = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind, code, size = (torch.float32, "f", 4) if entry["dtype"] == "F32" else (torch.int64, "q", 8)
        values = struct.unpack(f"<{(end - begin) // size}{code}", body[begin:end])
        result[name] = torch.tensor(values, dtype=kind).reshape(entry["shape"])
    return result


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    arguments.add_argument("--folder", type=pathlib.Path, default=FOLDER)
    options = arguments.parse_args()
    if int(torch.__version__.split(".")[0]) < 2:
        sys.exit(f"PyTorch {torch.__version__} is too old: random numbers and gradients were made with 2.13")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, settings in CASES.items():
        tensors, metadata = case(name, **settings)
        path = options.folder / f"{name}.safetensors"
        if not options.check:
            path.write_bytes(serialised(tensors, metadata))
            print(f"  {path.name}: {path.stat().st_size} bytes")
            continue
        stored = deserialised(path.read_bytes())
        if stored.keys() != tensors.keys():
            sys.exit(f"{path.name}: other tensors than now: {sorted(stored.keys() ^ tensors.keys())}")
        for key, tensor in tensors.items():
            scale = max(1e-6, tensor.abs().max().item()) if tensor.numel() else 1
            if tensor.numel() and (stored[key] - tensor).abs().max().item() > 1e-5 * scale:
                sys.exit(f"{path.name}: '{key}' has changed")
        print(f"  {path.name} agrees")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes Tests/PerceptionTests/Fixtures/raft.safetensors: what torchvision's RAFT gives for weights that anyone can make.

The weights are far too large for the repository, so both sides make them: value i of a tensor follows from the tensor's
name and i alone (see `values`). The file holds two pictures, the names and shapes of both networks' tensors (in its
metadata, one a line), and the flow of the pictures.

    pip install torch torchvision numpy safetensors
    Benchmarks/peer/make_raft_fixture.py
"""
import pathlib

import numpy as np
import torch
from safetensors.numpy import save_file
from torchvision.models.optical_flow import raft_large, raft_small

HEIGHT, WIDTH = 121, 125


def values(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Uniform numbers by SplitMix64, seeded with the FNV-1a hash of the name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & (2**64 - 1)
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float64) / 2**24
    if len(shape) == 4:
        reach = np.sqrt(6 / np.prod(shape[1:]))
        numbers = reach * (2 * unit - 1)
    elif name.endswith("running_var") or name.endswith(".weight"):
        numbers = 0.5 + unit
    else:
        numbers = 0.1 * (2 * unit - 1)
    return numbers.astype(np.float32).reshape(shape)


def pictures() -> np.ndarray:
    """Smooth random colours, and the same moved by a few pixels; uint8, [2, HEIGHT, WIDTH, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    generator = np.random.default_rng(5)
    frames = np.zeros((2, HEIGHT, WIDTH, 3))
    for _ in range(40):
        fx, fy, phase = generator.normal(0, 0.25), generator.normal(0, 0.25), generator.uniform(0, 6.28)
        colour = generator.normal(0, 1, 3)
        for t in range(2):
            frames[t] += np.cos(fx * (x - 2.6 * t) + fy * (y + 1.7 * t) + phase)[..., None] * colour
    frames = 127 + 127 * frames / np.abs(frames).max()
    return frames.round().astype(np.uint8)


def flow(network: torch.nn.Module, frames: np.ndarray, iterations: int) -> np.ndarray:
    """Flow from the first to the second picture, [HEIGHT, WIDTH, 2]."""
    padding_x, padding_y = -WIDTH % 8, -HEIGHT % 8
    left, top = padding_x // 2, padding_y // 2
    batch = torch.from_numpy(frames.astype(np.float32)).permute(0, 3, 1, 2)
    batch = torch.nn.functional.pad(batch, [left, padding_x - left, top, padding_y - top], mode="replicate")
    batch = 2 * (batch / 255) - 1
    with torch.no_grad():
        result = network(batch[:1], batch[1:], num_flow_updates=iterations)[-1][0]
    result = result[:, top : top + HEIGHT, left : left + WIDTH]
    return np.ascontiguousarray(result.permute(1, 2, 0).numpy())


def main() -> None:
    frames = pictures()
    tensors, metadata = {"frames": frames}, {}
    for name, make in [("small", raft_small), ("large", raft_large)]:
        network = make(weights=None).eval()
        state = {
            key: torch.from_numpy(values(key, tuple(tensor.shape)))
            for key, tensor in network.state_dict().items()
            if not key.endswith("num_batches_tracked")
        }
        network.load_state_dict(state, strict=False)
        metadata[name] = "\n".join(f"{key} {','.join(map(str, value.shape))}" for key, value in state.items())
        for iterations in [1, 3]:
            result = flow(network, frames, iterations)
            print(name, iterations, "largest", np.abs(result).max(), "mean", np.abs(result).mean())
            if name == "large" or iterations == 3:
                tensors[f"{name}.{iterations}"] = result
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/PerceptionTests/Fixtures"
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "raft.safetensors", metadata=metadata)


if __name__ == "__main__":
    main()

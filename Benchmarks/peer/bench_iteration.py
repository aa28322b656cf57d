"""Times training iterations of the peer: `python bench_iteration.py --iterations 5 --threads 2` prints one JSON object.

One iteration: points and flow matches drawn, every loss, gradients of every parameter, one step of Adam. `--preset
paper` is the paper's; `--preset fast` the default of `hypernvd`, as in the first fifth of a run. The clip is random:
only its size matters.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass

import torch

from nvd_peer import Batch, Config, Grid, Model, Weights, losses


@dataclass
class Preset:
    """The model of a preset and which points an iteration looks at, as in Sources/Decomposition/Configuration."""

    model: dict  # of Config
    group: int  # points of a group: the three of a stencil, and independent ones
    neighbours: bool  # whether the second and third point of a stencil count as colour points
    flow_every: int  # colour points for one with flow matches
    both_directions: bool  # or one of them, drawn at random
    global_every: int  # colour points for one with global rigidity, 0 without
    patch_every: int  # points for one residual patch
    network_rate: float

    def groups(self, points):
        return points if self.group == 3 else -(-points // self.group)


PRESETS = {
    "paper": Preset(
        dict(bias=False, residual_channels=1), group=3, neighbours=False, flow_every=1, both_directions=True,
        global_every=0, patch_every=30, network_rate=5e-4),
    "fast": Preset(
        dict(skip=True, mapping_hidden=128, texture_grid=Grid(2, growth=1.38, log2_entries=17),
             residual_grid=Grid(3, growth=1.38, log2_entries=16),
             weights=Weights(bare=5, global_rigidity_foreground=0.005, global_rigidity_background=0.05)),
        group=12, neighbours=True, flow_every=8, both_directions=False, global_every=8, patch_every=96,
        network_rate=1e-3),
}


def initial(config):
    """Parameters as they are at the start of a training."""
    parameters = {}
    for name, shape in config.parameter_shapes().items():
        tensor = torch.empty(shape)
        if name.endswith("grid"):
            tensor.uniform_(-1e-4, 1e-4)
        elif name.endswith("weight"):
            torch.nn.init.kaiming_uniform_(tensor, nonlinearity="relu")
            if config.skip and name.endswith("mapping.3.weight"):  # the mapping starts at the motion
                tensor.zero_()
        else:
            tensor.zero_()
        parameters[name] = tensor.requires_grad_()
    return parameters


class Clip:
    """Random frames, masks and flow (up to 4 pixels, valid everywhere)."""

    def __init__(self, config):
        frames, height, width = config.frames, config.height, config.width
        self.frames = torch.rand(frames, height, width, 3)
        self.masks = (torch.rand(frames, height, width, len(config.layers) - 1) < 0.3).float()
        self.flow = torch.rand(2, frames, height, width, 2) * 8 - 4

    def draw(self, config, preset, points, patches):
        groups = preset.groups(points)
        x, y = torch.randint(config.width - 1, (groups,)), torch.randint(config.height - 1, (groups,))
        t = torch.randint(config.frames, (groups,))
        single = groups * (preset.group - 3)
        xs = torch.cat((x, x + 1, x, torch.randint(config.width, (single,))))
        ys = torch.cat((y, y, y + 1, torch.randint(config.height, (single,))))
        ts = torch.cat((t, t, t, torch.randint(config.frames, (single,))))
        colour = torch.arange(len(xs) if preset.neighbours else groups)

        matched = colour[torch.randint(preset.flow_every, ()).item()::preset.flow_every]
        drawn = torch.randint(2, matched.shape)
        matches = []
        for direction, step in enumerate((1, -1)):
            index = matched if preset.both_directions else matched[drawn == direction]
            index = index[(ts[index] + step >= 0) & (ts[index] + step < config.frames)]
            px, py, pt = xs[index], ys[index], ts[index]
            moved = torch.stack((px, py), 1) + self.flow[direction, pt, py, px]
            matches.append((index, torch.cat((moved, (pt + step)[:, None]), 1)))
        middle = torch.stack((torch.randint(1, config.width - 1, (patches,)),
                              torch.randint(1, config.height - 1, (patches,))), 1)
        offsets = torch.tensor([(i, j) for j in (-1, 0, 1) for i in (-1, 0, 1)])
        return Batch(
            points=torch.stack((xs, ys, ts), 1).float(),
            rgb=self.frames[ts, ys, xs],
            masks=self.masks[ts, ys, xs],
            colour=colour,
            stencils=torch.arange(3 * groups).reshape(3, groups).T,
            flow_index=torch.cat([m[0] for m in matches]),
            flow_points=torch.cat([m[1] for m in matches]),
            global_index=colour[::preset.global_every] if preset.global_every else colour[:0],
            smooth_points=(middle[:, None] + offsets).float(),
            smooth_times=torch.randint(config.frames, (patches, 2)).float())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--preset", choices=PRESETS, default="paper", help="whose iteration (default paper)")
    arguments.add_argument("--points", type=int, default=10_000,
                           help="stencils (paper) or points (fast) an iteration (default 10000)")
    arguments.add_argument("--patches", type=int, help="residual smoothness patches (default: the preset's share)")
    arguments.add_argument("--size", default="768x432", help="width and height of the clip (default 768x432)")
    arguments.add_argument("--frames", type=int, default=16, help="frames of the clip (default 16)")
    arguments.add_argument("--iterations", type=int, default=5, help="timed iterations (default 5)")
    arguments.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default 2)")
    options = arguments.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    width, height = (int(side) for side in options.size.split("x"))
    preset = PRESETS[options.preset]
    config = Config(width, height, options.frames, **preset.model)
    points = preset.groups(options.points) * preset.group
    patches = points // preset.patch_every if options.patches is None else options.patches
    clip, parameters = Clip(config), initial(config)
    still = torch.eye(3).repeat(len(config.layers), config.frames, 1, 1)
    model = Model(config, parameters, still)
    grids = [tensor for name, tensor in parameters.items() if name.endswith("grid")]
    networks = [tensor for name, tensor in parameters.items() if not name.endswith("grid")]
    adam = torch.optim.Adam([{"params": grids, "lr": 1e-2}, {"params": networks, "lr": preset.network_rate}])

    seconds, processor = [], []
    for _ in range(options.iterations + 1):  # the first one warms up
        start, busy = time.perf_counter(), time.process_time()
        batch = clip.draw(config, preset, options.points, patches)
        adam.zero_grad()
        loss = sum(losses(model, batch).values())
        loss.backward()
        adam.step()
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    print(json.dumps({
        "medianSeconds": statistics.median(seconds[1:]), "medianProcessorSeconds": statistics.median(processor[1:]),
        "iterations": options.iterations, "threads": options.threads,
        "preset": options.preset, "points": options.points, "patches": patches,
        "finalLoss": loss.item(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()

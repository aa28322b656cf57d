"""Times training iterations of the peer: `python bench_iteration.py --iterations 5 --threads 2` prints one JSON object.

One iteration is the paper's: points drawn, every point with its right and lower neighbour, matches in both directions
of the flow, every loss, gradients of every parameter, one step of Adam. The clip is random: only its size matters.
"""

import argparse
import json
import statistics
import time

import torch

from nvd_peer import Batch, Config, Model, losses


def initial(config):
    """Parameters as they are at the start of a training."""
    parameters = {}
    for name, shape in config.parameter_shapes().items():
        tensor = torch.empty(shape)
        if name.endswith("grid"):
            tensor.uniform_(-1e-4, 1e-4)
        elif name.endswith("weight"):
            torch.nn.init.kaiming_uniform_(tensor, nonlinearity="relu")
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

    def draw(self, config, points, patches):
        x, y = torch.randint(config.width - 1, (points,)), torch.randint(config.height - 1, (points,))
        t = torch.randint(config.frames, (points,))
        xs, ys, ts = torch.cat((x, x + 1, x)), torch.cat((y, y, y + 1)), t.repeat(3)
        matches = []
        for direction, step in enumerate((1, -1)):
            index = ((t + step >= 0) & (t + step < config.frames)).nonzero().squeeze(1)
            moved = torch.stack((x[index], y[index]), 1) + self.flow[direction, t[index], y[index], x[index]]
            matches.append((index, torch.cat((moved, (t[index] + step)[:, None]), 1)))
        middle = torch.stack((torch.randint(1, config.width - 1, (patches,)),
                              torch.randint(1, config.height - 1, (patches,))), 1)
        offsets = torch.tensor([(i, j) for j in (-1, 0, 1) for i in (-1, 0, 1)])
        return Batch(
            points=torch.stack((xs, ys, ts), 1).float(),
            rgb=self.frames[ts, ys, xs],
            masks=self.masks[ts, ys, xs],
            colour=torch.arange(points),
            stencils=torch.arange(3 * points).reshape(3, points).T,
            flow_index=torch.cat([m[0] for m in matches]),
            flow_points=torch.cat([m[1] for m in matches]),
            global_index=torch.arange(0),
            smooth_points=(middle[:, None] + offsets).float(),
            smooth_times=torch.randint(config.frames, (patches, 2)).float())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--points", type=int, default=10_000, help="stencils an iteration (default 10000)")
    arguments.add_argument("--patches", type=int, default=1_000, help="residual smoothness patches (default 1000)")
    arguments.add_argument("--size", default="768x432", help="width and height of the clip (default 768x432)")
    arguments.add_argument("--frames", type=int, default=16, help="frames of the clip (default 16)")
    arguments.add_argument("--iterations", type=int, default=5, help="timed iterations (default 5)")
    arguments.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default 2)")
    options = arguments.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    width, height = (int(side) for side in options.size.split("x"))
    config = Config(width, height, options.frames)
    clip, parameters = Clip(config), initial(config)
    model = Model(config, parameters)
    grids = [tensor for name, tensor in parameters.items() if name.endswith("grid")]
    networks = [tensor for name, tensor in parameters.items() if not name.endswith("grid")]
    adam = torch.optim.Adam([{"params": grids, "lr": 1e-2}, {"params": networks, "lr": 5e-4}])

    seconds, processor = [], []
    for _ in range(options.iterations + 1):  # the first one warms up
        start, busy = time.perf_counter(), time.process_time()
        batch = clip.draw(config, options.points, options.patches)
        adam.zero_grad()
        loss = sum(losses(model, batch).values())
        loss.backward()
        adam.step()
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    print(json.dumps({
        "medianSeconds": statistics.median(seconds[1:]), "medianProcessorSeconds": statistics.median(processor[1:]),
        "iterations": options.iterations, "threads": options.threads,
        "points": options.points, "patches": options.patches, "finalLoss": loss.item(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()

"""The layered neural video decomposition model and its losses in plain PyTorch.

A second, independent statement of what the Swift trainer computes: same networks, same losses, same normalisers, same
parameter names. It serves as the peer of the benchmark (`bench_iteration.py`) and as the source of the numbers that the
Swift tests compare with (`make_fixtures.py`). Clarity first; where two ways are equally clear the faster one is taken.

Shapes: P points, N layers (foregrounds front first, background last), F = N - 1 foregrounds.
"""

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as functional

# The primes of the hash, as 32-bit integers with a sign (the second is 2654435761): products wrap around, and only
# their low bits count. 32 bits halve the memory that indices move.
PRIMES = (1, 2654435761 - (1 << 32), 805459861)


@dataclass
class Grid:
    """A multiresolution hash grid with two features a level."""

    dims: int
    levels: int = 16
    base: int = 16
    growth: float = 1.25
    log2_entries: int = 15

    def __post_init__(self):
        self.resolutions = [math.floor(self.base * self.growth**level + 1e-6) for level in range(self.levels)]
        limit = 1 << self.log2_entries
        self.dense = [(r + 1) ** self.dims <= limit for r in self.resolutions]
        self.entries = [(r + 1) ** self.dims if d else limit for r, d in zip(self.resolutions, self.dense)]
        self.offsets = [sum(self.entries[:level]) for level in range(self.levels)]

    def encode(self, table, place):
        """Features (M, 2 * levels) of places (M, dims) in [-1, 1]; table is (sum of entries, 2)."""
        place = ((place + 1) / 2).clamp(0, 1)
        scaled = place[:, None, :] * place.new_tensor(self.resolutions)[None, :, None]
        cell = scaled.detach().floor()
        fraction = scaled - cell
        vertex = cell.int()[..., None] + torch.arange(2, dtype=torch.int32)  # (M, levels, dims, 2)
        weight = torch.stack((1 - fraction, fraction), -1)

        dense = sum(self.dense)  # resolutions grow, so the dense levels come first
        resolution = torch.tensor(self.resolutions[:dense], dtype=torch.int32)[None, :, None]
        entries = torch.tensor(self.entries, dtype=torch.int32)[None, :, None]
        low, high, product = vertex[:, :dense, 0], vertex[:, dense:, 0], weight[:, :, 0]
        for d in range(1, self.dims):
            low = (low[..., None, :] + (vertex[:, :dense, d] * (resolution + 1) ** d)[..., :, None]).flatten(2)
            high = (high[..., None, :] ^ (vertex[:, dense:, d] * PRIMES[d])[..., :, None]).flatten(2)
            product = (product[..., None, :] * weight[:, :, d][..., :, None]).flatten(2)
        low = torch.minimum(low, entries[:, :dense] - 1)
        high = high & (entries[:, dense:] - 1)
        index = torch.cat((low, high), 1) + torch.tensor(self.offsets, dtype=torch.int32)[None, :, None]
        corners = table[index.long()]
        return (corners * product[..., None]).sum(2).flatten(1)


@dataclass
class Weights:
    """Weights of the losses; 0 leaves a loss out."""

    rgb: float = 5
    bare: float = 0
    gradient: float = 1
    flow_mapping: float = 0.01
    flow_alpha: float = 0.05
    sparsity: float = 1
    residual_smoothness: float = 0.1
    residual_regularisation: float = 0.5
    alpha_regularisation: float = 0.1
    rigidity: float = 0.001
    global_rigidity_foreground: float = 0
    global_rigidity_background: float = 0
    bootstrapping: float = 2


@dataclass
class Config:
    """Everything that defines a model and its losses; the defaults are the paper's."""

    width: int
    height: int
    frames: int
    layers: tuple = ("foreground", "background")
    uv_scales: tuple = (0.9, 0.6)
    skip: bool = False
    bias: bool = True
    mapping_hidden: int = 256
    hidden: int = 64
    residual_channels: int = 3  # 1: grey light
    texture_grid: Grid = field(default_factory=lambda: Grid(2))
    residual_grid: Grid = field(default_factory=lambda: Grid(3))
    alpha_grid: Grid = field(default_factory=lambda: Grid(3))
    weights: Weights = field(default_factory=Weights)

    @property
    def rez(self):
        return max(self.width, self.height)

    def parameter_shapes(self):
        """Name -> shape of every parameter tensor."""
        shapes = {}

        def network(name, sizes, grid=None):
            if grid:
                shapes[f"{name}.grid"] = (sum(grid.entries), 2)
            for j, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
                shapes[f"{name}.{j}.weight"] = (outputs, inputs)
                if self.bias:
                    shapes[f"{name}.{j}.bias"] = (outputs,)

        mapping, hidden = [self.mapping_hidden] * 3, [self.hidden] * 3
        for layer in self.layers:
            network(f"{layer}.mapping", [3, *mapping, 2])
            network(f"{layer}.texture", [2 * self.texture_grid.levels, *hidden, 3], self.texture_grid)
            network(f"{layer}.residual", [2 * self.residual_grid.levels, *hidden, self.residual_channels],
                    self.residual_grid)
        network("alpha", [2 * self.alpha_grid.levels, *hidden, len(self.layers) - 1], self.alpha_grid)
        return shapes


class Model:
    """The networks. `parameters` maps names to tensors; `homographies` is (N, frames, 3, 3), needed with `skip`."""

    def __init__(self, config, parameters, homographies=None):
        self.config, self.parameters, self.homographies = config, parameters, homographies

    def network(self, name, x):
        for j in range(4):
            x = functional.linear(x, self.parameters[f"{name}.{j}.weight"], self.parameters.get(f"{name}.{j}.bias"))
            if j < 3:
                x = functional.relu(x)
        return x

    def normalised(self, pixels):
        """(x, y, t) in pixels and frames -> [-1, 1] along the longer side and time."""
        half = self.config.rez / 2
        return pixels / pixels.new_tensor((half, half, self.config.frames / 2)) - 1

    def mapping(self, i, pixels):
        """uv (P, 2) of layer i."""
        z = self.network(f"{self.config.layers[i]}.mapping", self.normalised(pixels))
        if self.config.skip:
            matrices = self.homographies[i][pixels[:, 2].long()]
            ones = torch.ones_like(pixels[:, :1])
            moved = (matrices @ torch.cat((pixels[:, :2], ones), 1)[:, :, None]).squeeze(2)
            base = moved[:, :2] / moved[:, 2:] / (self.config.rez / 2) - 1
            z = z + (self.config.uv_scales[i] * base).clamp(-0.985, 0.985).atanh()
        return z.tanh()

    def texture(self, i, uv):
        name = f"{self.config.layers[i]}.texture"
        return (self.network(name, self.config.texture_grid.encode(self.parameters[f"{name}.grid"], uv)).tanh() + 1) / 2

    def residual(self, i, uv, frames):
        """Light (P, residual channels) of layer i at texture places in frames; no gradient reaches the mapping."""
        name = f"{self.config.layers[i]}.residual"
        place = torch.cat((uv.detach(), frames[:, None] / (self.config.frames / 2) - 1), 1)
        return functional.softplus(
            self.network(name, self.config.residual_grid.encode(self.parameters[f"{name}.grid"], place)))

    def alphas(self, pixels):
        """Shares (P, N) of the layers, front first; they sum to 1."""
        features = self.config.alpha_grid.encode(self.parameters["alpha.grid"], self.normalised(pixels))
        raw = ((self.network("alpha", features).tanh() + 1) / 2).clamp(1e-5, 1 - 1e-5)
        rest, shares = torch.ones_like(raw[:, 0]), []
        for i in range(raw.shape[1]):
            shares.append(rest * raw[:, i])
            rest = rest * (1 - raw[:, i])
        return torch.stack((*shares, rest), 1)

    def evaluate(self, pixels):
        """uv (P, N, 2), textures (P, N, 3), residuals (P, N, residual channels), alphas (P, N) at points (P, 3)."""
        layers = range(len(self.config.layers))
        uv = [self.mapping(i, pixels) for i in layers]
        textures = torch.stack([self.texture(i, uv[i]) for i in layers], 1)
        residuals = torch.stack([self.residual(i, uv[i], pixels[:, 2]) for i in layers], 1)
        return torch.stack(uv, 1), textures, residuals, self.alphas(pixels)


@dataclass
class Batch:
    """What one iteration looks at. Indices refer to rows of `points`."""

    points: torch.Tensor  # (P, 3) x, y, t in pixels and frames
    rgb: torch.Tensor  # (P, 3) the frames' colours there
    masks: torch.Tensor  # (P, F) 0 or 1
    colour: torch.Tensor  # (C,) points with colour, sparsity, regularisation and bootstrapping losses
    stencils: torch.Tensor  # (S, 3) p, p + (1, 0), p + (0, 1)
    flow_index: torch.Tensor  # (M,) p of every flow match that can be trusted
    flow_points: torch.Tensor  # (M, 3) p' in the frame before or after
    global_index: torch.Tensor  # (G,) points of the global rigidity loss
    smooth_points: torch.Tensor  # (Q, 9, 2) x, y of 3 x 3 patches
    smooth_times: torch.Tensor  # (Q, 2) t1, where the patch is mapped, and t2


def stiffness(jacobian):
    """||JtJ|| + ||(JtJ + 0.001)^-1|| (Frobenius norms), one value a matrix of (..., 2, 2)."""
    a = jacobian.transpose(-1, -2) @ jacobian
    b = a + 0.001 * torch.eye(2, dtype=a.dtype)
    determinant = b[..., 0, 0] * b[..., 1, 1] - b[..., 0, 1] * b[..., 1, 0]
    # The inverse of a 2 x 2 matrix has its adjugate's norm, which is its own norm, over the determinant.
    return a.flatten(-2).norm(dim=-1) + b.flatten(-2).norm(dim=-1) / determinant


def losses(model, batch):
    """Name -> weighted loss, in the order of `Weights`; their sum is what is minimised."""
    config, w = model.config, model.config.weights
    layers, foregrounds = range(len(config.layers)), len(config.layers) - 1
    uv, textures, residuals, alphas = model.evaluate(batch.points)
    to_pixels = uv.new_tensor([config.rez / (2 * s) for s in config.uv_scales])  # (N,)
    rgb = (alphas[:, :, None] * textures * residuals).sum(1)
    c = batch.colour
    out = {}

    out["rgb"] = w.rgb * (rgb - batch.rgb)[c].square().sum(1).mean()
    if w.bare:
        bare = (alphas[:, :, None] * textures).sum(1)
        out["bare"] = w.bare * (bare - batch.rgb)[c].square().sum(1).mean()

    p, px, py = batch.stencils.unbind(1)
    error = rgb - batch.rgb
    out["gradient"] = w.gradient * ((error[px] - error[p]).square() + (error[py] - error[p]).square()).sum(1).mean()

    other = torch.stack([model.mapping(i, batch.flow_points) for i in layers], 1)
    distance = (uv[batch.flow_index] - other).norm(dim=2) * to_pixels
    out["flow_mapping"] = w.flow_mapping * (alphas[batch.flow_index] * distance).sum(1).mean()
    change = (alphas[batch.flow_index] - model.alphas(batch.flow_points))[:, :foregrounds].abs()
    out["flow_alpha"] = w.flow_alpha * change.sum(1).mean()

    hidden = (1 - alphas[c, :foregrounds, None]) * textures[c, :foregrounds]
    out["sparsity"] = w.sparsity * hidden.square().sum((1, 2)).mean()

    if w.residual_smoothness:
        out["residual_smoothness"] = w.residual_smoothness * smoothness(model, batch)
    out["residual_regularisation"] = w.residual_regularisation * (residuals[c] - 1).square().mean(2).sum(1).mean()
    out["alpha_regularisation"] = w.alpha_regularisation * -alphas[c].amax(1).log().mean()

    step = torch.stack((uv[px] - uv[p], uv[py] - uv[p]), 3) * to_pixels[:, None, None]
    out["rigidity"] = w.rigidity * stiffness(step).sum(1).mean()
    if w.global_rigidity_foreground or w.global_rigidity_background:
        here = batch.points[batch.global_index]
        steps = []
        for axis in (0, 1):
            away = here.clone()
            away[:, axis] -= 100
            steps.append(uv[batch.global_index] - torch.stack([model.mapping(i, away) for i in layers], 1))
        far = stiffness(torch.stack(steps, 3) * to_pixels[:, None, None] / 100).mean(0)
        out["global_rigidity"] = (
            w.global_rigidity_foreground * far[:foregrounds].sum() + w.global_rigidity_background * far[-1])

    if w.bootstrapping:
        a, mask = alphas[c, :foregrounds], batch.masks[c]
        out["bootstrapping"] = w.bootstrapping * -(mask * a.log() + (1 - mask) * (1 - a).log()).sum(1).mean()
    return out


def smoothness(model, batch):
    """1 - normalised cross-correlation of a patch of light at t1 and t2, + 16 times its variance at t2."""
    count = len(batch.smooth_points)
    times = batch.smooth_times.repeat_interleave(9, 0)
    pixels = torch.cat((batch.smooth_points.reshape(-1, 2), times[:, :1]), 1)
    total = 0
    for i in range(len(model.config.layers)):
        with torch.no_grad():
            uv = model.mapping(i, pixels)
        first, second = (model.residual(i, uv, times[:, k]).reshape(count, 9, -1) for k in (0, 1))
        first, second = first - first.mean(1, keepdim=True), second - second.mean(1, keepdim=True)
        variance1, variance2 = first.square().mean(1), second.square().mean(1)
        correlation = (first * second).mean(1) / (variance1.sqrt() * variance2.sqrt() + 1e-6)
        total = total + (1 - correlation + 16 * variance2).mean()
    return total / len(model.config.layers)

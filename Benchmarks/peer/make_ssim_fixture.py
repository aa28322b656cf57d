"""Prints the numbers of Tests/DecompositionTests/ImageMetricsTests.swift: SSIM of two formula pictures by scikit-image."""
import numpy as np
from skimage.metrics import structural_similarity

WIDTH, HEIGHT = 40, 30


def picture(shift: float) -> np.ndarray:
    """The picture of the test: sines in x and y, one phase a channel, rounded to 16 bits."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    channels = [0.5 + 0.3 * np.sin(0.37 * x + c + shift) * np.cos(0.23 * y - c) for c in range(3)]
    return np.round(np.stack(channels, -1) * 65535) / 65535


for shift in (0.0, 0.1, 0.7):
    value = structural_similarity(picture(shift), picture(0), win_size=7, channel_axis=-1, data_range=1)
    print(shift, f"{value:.7f}")

"""The checks of scripts/test-exchange that are numeric: `paint FOLDER` makes the edits, `check FOLDER` reads the results
as other programs do: OpenEXR from PyPI, FFmpeg, and an STMap resampled as Nuke does it."""

import glob
import json
import subprocess
import sys

import numpy
import OpenEXR
from PIL import Image, ImageDraw
from pyora import Project

RECTANGLE = (200, 220, 299, 279)
PINK = (255, 0, 200, 255)


def paint(folder):
    """A painted texture, paint alone, and the same paint on the background's "paint here" layer, saved by pyora."""
    texture = Image.open(folder + "/textures/background.png").convert("RGBA")
    painted = numpy.array(texture)
    y, x = numpy.mgrid[: texture.size[1], : texture.size[0]]
    painted[(x // 25 + y // 25) % 2 == 0, :3] = (230, 40, 90)
    painted[..., 3] = 255
    Image.fromarray(painted).save(folder + "/painted.png")
    alone = Image.new("RGBA", texture.size, (0, 0, 0, 0))
    ImageDraw.Draw(alone).rectangle(RECTANGLE, fill=PINK)
    alone.save(folder + "/paint.png")
    project = Project.load(folder + "/clip.ora")
    names = [layer.name for layer in project.children_recursive]
    assert names.count("paint here") == 2 and "foreground" in names, names
    assert project.dimensions == texture.size
    layers = [layer for layer in project.children_recursive if layer.name == "paint here"]
    next(layer for layer in layers if layer.parent.name == "background").set_image_data(alone)
    project.save(folder + "/pyora.ora")


def exr(path):
    with OpenEXR.File(path, separate_channels=True) as file:
        return dict(file.header()), {name: numpy.array(channel.pixels) for name, channel in file.channels().items()}


def check_layers(folder):
    header, channels = exr(sorted(glob.glob(folder + "/exr/*.exr"))[0])
    get = lambda name: channels[name].astype(numpy.float32)
    for name in ["R", "G", "B", "A", "foreground.R", "foreground.A", "background_uv.R", "residual.G", "alpha.foreground"]:
        assert name in channels, f"{name} is missing; there are {sorted(channels)}"
    assert channels["R"].dtype == numpy.float16 and channels["background_uv.R"].dtype == numpy.float32
    for channel in "RGB":
        worst = numpy.abs(get("foreground." + channel) + get("background." + channel) - get(channel)).max()
        assert worst < 0.004, f"the layers do not add up to {channel}: off by {worst}"
    assert header["hypernvd/stmap_origin"] == "bottom-left" and "framesPerSecond" in header
    _, stmap = exr(sorted(glob.glob(folder + "/stmap/background_stmap.*.exr"))[0])
    assert stmap["R"].dtype == numpy.float32 and numpy.array_equal(stmap["R"], channels["background_uv.R"])
    assert 0 <= stmap["R"].min() and stmap["R"].max() <= 1
    print("OpenEXR: layers add up, channels and types as documented")


def stmap_node(picture, s, t):
    """As Nuke's STMap: bilinear, the first pixel's middle at half a pixel, t from the bottom, the edge continued."""
    height, width, _ = picture.shape
    x = numpy.clip(s * width - 0.5, 0, width - 1)
    y = numpy.clip((1 - t) * height - 0.5, 0, height - 1)
    x0, y0 = numpy.floor(x).astype(int), numpy.floor(y).astype(int)
    x1, y1 = numpy.minimum(x0 + 1, width - 1), numpy.minimum(y0 + 1, height - 1)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    above = picture[y0, x0] * (1 - fx) + picture[y0, x1] * fx
    return above * (1 - fy) + (picture[y1, x0] * (1 - fx) + picture[y1, x1] * fx) * fy


def picture(path):
    return numpy.asarray(Image.open(path).convert("RGB")).astype(numpy.float64) / 255


def check_round_trip(folder):
    """frame + A * light * (STMap(painted) - STMap(texture)) is what `render` makes."""
    texture, painted = picture(folder + "/textures/background.png"), picture(folder + "/painted.png")
    worst = 0
    for number, path in enumerate(sorted(glob.glob(folder + "/stmap/background_stmap.*.exr"))):
        _, stmap = exr(path)
        _, layers = exr(sorted(glob.glob(folder + "/exr/*.exr"))[number])
        s, t, alpha = (stmap[name].astype(numpy.float64) for name in "RGA")
        light = numpy.stack([layers["background_residual." + name] for name in "RGB"], axis=-1).astype(numpy.float64)
        change = stmap_node(painted, s, t) - stmap_node(texture, s, t)
        frame = numpy.stack([layers[name] for name in "RGB"], axis=-1).astype(numpy.float64)
        wanted = numpy.clip(frame + alpha[..., None] * light * change, 0, 1)
        rendered = picture(f"{folder}/edited/{number:05d}.png")
        assert numpy.abs(rendered - picture(f"{folder}/source/{number:05d}.png")).max() > 0.2, "nothing was edited"
        worst = max(worst, numpy.abs(wanted - rendered)[alpha > 0].max() * 255)
    # Half a step of the 8-bit frames; frame and light are in half floats, which adds up to a third of a step.
    assert worst < 0.85, f"the STMap gives another picture than render: off by {worst} of 255"
    print(f"STMap: what a compositor makes of texture and map is what render makes, within {worst:.2f} of 255")


def decoded(path, size, decoder=()):
    raw = subprocess.run(
        ["ffmpeg", "-loglevel", "error", *decoder, "-i", path, "-sws_flags", "accurate_rnd+full_chroma_int+bicubic"]
        + ["-pix_fmt", "rgba", "-f", "rawvideo", "-"],
        check=True, capture_output=True).stdout
    return numpy.frombuffer(raw, numpy.uint8).reshape(-1, size[1], size[0], 4).astype(int)


def sequence(folder):
    return numpy.stack([numpy.asarray(Image.open(path).convert("RGBA")) for path in sorted(glob.glob(folder + "/*.png"))])


def blocks(frames):
    """The means of blocks of 8 x 8 pixels; what is over at the right and below is left out."""
    count, height, width, channels = frames.shape
    whole = frames[:, : height // 8 * 8, : width // 8 * 8]
    return whole.reshape(count, height // 8, 8, width // 8, 8, channels).mean(axis=(2, 4))


def check_video(folder, name, expected, wanted, limit, decoder=()):
    """Tags as ffprobe sees them, and pictures as FFmpeg decodes them. A limit of 0 wants them exact, another one bounds the
    mean error of 8 x 8 blocks' colours (premultiplied) and of alpha, in 1/255: a wrong matrix, range or kind of alpha shifts
    them by much more, detail that 4:2:0 cannot hold does not count."""
    keys = ["codec_name", "pix_fmt", "color_range", "color_space", "color_transfer", "color_primaries"]
    report = subprocess.run(
        ["ffprobe", "-loglevel", "error", "-select_streams", "v", "-show_entries", "stream=" + ",".join(keys)]
        + ["-of", "json", f"{folder}/{name}"],
        check=True, capture_output=True).stdout
    stream = json.loads(report)["streams"][0]
    found = " ".join(stream.get(key, "unknown") for key in keys)
    assert found == expected, f"{name} is {found}, not {expected}"
    frames = decoded(f"{folder}/{name}", (wanted.shape[2], wanted.shape[1]), decoder)
    assert frames.shape == wanted.shape, f"{name} has {len(frames)} frames, not {len(wanted)}"
    alpha = wanted[..., 3:] / 255
    colour = blocks(frames[..., :3] * frames[..., 3:] / 255 - wanted[..., :3] * alpha)
    error = max(numpy.abs(colour).mean(), numpy.abs(frames[..., 3] - wanted[..., 3]).mean())
    if limit == 0:
        error = 0
        assert numpy.array_equal(frames[alpha[..., 0] > 0], wanted[alpha[..., 0] > 0]), f"{name} is not exact"
    assert error <= limit, f"{name} is off by {error} of 255 on average"
    print(f"FFmpeg: {name}: {found}; " + ("exact" if limit == 0 else f"mean error {error:.2f} of 255"))


def check(folder):
    check_layers(folder)
    check_round_trip(folder)
    edited, layer = sequence(folder + "/edited"), sequence(folder + "/layers/foreground")
    tags = "tv bt709 bt709 bt709"
    check_video(folder, "edited.mp4", f"h264 yuv420p {tags}", edited, 4)
    check_video(folder, "lossless.mkv", "h264 gbrp pc gbr bt709 bt709", edited, 0)
    check_video(folder, "prores/foreground.mov", f"prores yuva444p12le {tags}", layer, 1)
    check_video(folder, "ffv1/foreground.mkv", "ffv1 bgra pc gbr bt709 bt709", layer, 0)
    check_video(folder, "webm/foreground.webm", f"vp9 yuv420p {tags}", layer, 1.5, ["-c:v", "libvpx-vp9"])


{"paint": paint, "check": check}[sys.argv[1]](sys.argv[2])

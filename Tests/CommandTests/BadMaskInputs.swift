import Foundation
import Media

// What `--mask`, `--box` and `--point` must refuse; see BadInputTests.

let badMaskHints = [
  BadInput("a mask of one frame that is not there", 66, "--mask") { fixture, out in
    ["mask", fixture.frames, "--mask", "0=/nowhere.png", "-o", out]
  },
  BadInput("a mask of one frame of another shape", 65, "give one of the same shape") { fixture, out in
    let square = Mask(size: PixelSize(width: 64, height: 64), values: [UInt8](repeating: 255, count: 64 * 64))
    let file = fixture.fresh("square.png")
    try ImageFile.write(square, to: URL(fileURLWithPath: file))
    return ["decompose", fixture.frames, "--mask", "0=\(file)", "-o", out]
  },
  BadInput("a mask of one frame that covers everything", 65, "covers everything") { fixture, out in
    let masks = try uniformMasks(fixture, 255)
    return ["decompose", fixture.frames, "--mask", "0=\(masks)/00000.png", "-o", out]
  },
  BadInput("a mask of one frame that covers nothing", 65, "covers nothing") { fixture, out in
    let masks = try uniformMasks(fixture, 0)
    return ["decompose", fixture.frames, "--mask", "0=\(masks)/00000.png", "-o", out]
  },
  BadInput("a mask of one frame that is damaged", 65, "mask.png") { fixture, out in
    ["mask", fixture.frames, "--mask", "0=" + (try fixture.file("mask.png", Data("no picture".utf8))), "-o", out]
  },
  BadInput("a mask of a frame beyond the end", 65, "frames 0 to 4") { fixture, out in
    ["mask", fixture.frames, "--mask", "7=\(fixture.masks)/00000.png", "-o", out]
  },
  BadInput("a mask of a frame before the shot", 65, "frames 2 to 4") { fixture, out in
    ["decompose", fixture.frames, "--frames", "2..<5", "--mask", "1=\(fixture.masks)/00001.png", "-o", out]
  },
  BadInput("a box outside the frames", 65, "lies outside the frames") { fixture, out in
    ["decompose", fixture.frames, "--box", "200,10,40,40", "-o", out]
  },
  BadInput("a point outside the frames", 65, "lies outside the frames") { fixture, out in
    ["mask", fixture.frames, "--point", "0=96,10", "-o", out]
  },
  BadInput("an object called background", 65, "another name") { fixture, out in
    ["decompose", fixture.frames, "--box", "background:0=10,10,40,40", "-o", out]
  },
  BadInput("an object with a hidden folder's name", 64, "cannot be the name of a layer") { fixture, out in
    ["decompose", fixture.frames, "--box", ".cat:0=10,10,40,40", "-o", out]
  },
  BadInput("a folder of masks with a name too long", 64, "cannot be the name of a layer") { fixture, out in
    let masks = fixture.fresh("objects")
    try FileManager.default.createDirectory(atPath: masks, withIntermediateDirectories: true)
    for (name, source) in [("cup", fixture.masks), (String(repeating: "x", count: 120), try fixture.otherMasks())] {
      try FileManager.default.copyItem(atPath: source, toPath: "\(masks)/\(name)")
    }
    return ["decompose", fixture.frames, "--masks", masks, "-o", out]
  },
  BadInput("a point off the object in a frame without one on it", 65, "--point") { fixture, out in
    ["mask", fixture.frames, "--point", "0=40,30", "--not-point", "1=5,5", "-o", out]
  },
  BadInput("a point off the object alone", 64, "--not-point") { fixture, out in
    ["mask", fixture.frames, "--not-point", "1=5,5", "-o", out]
  },
  BadInput("a box of no size", 64, "--box") { fixture, out in ["mask", fixture.frames, "--box", "1,1,0,5", "-o", out] },
  BadInput("a mask without its frame", 64, "--mask") { fixture, out in
    ["mask", fixture.frames, "--mask", "cup.png", "-o", out]
  },
  BadInput("masks that go nowhere", 64, "--against") { fixture, _ in ["mask", fixture.frames] },
  BadInput("a clip with a cut", 65, "--frames 0...4") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) { folder in
      for index in 5..<8 {
        var frame = Frame(size: Fixture.size)
        for place in frame.pixels.indices {
          let (x, y) = (place / 3 % Fixture.size.width, place / 3 / Fixture.size.width)
          frame.pixels[place] = (x / 7 + y / 5 + index).isMultiple(of: 2) ? 65535 : 3000
        }
        try ImageFile.write(frame, to: folder.appendingPathComponent("0000\(index).png"))
      }
    }
    return ["decompose", frames, "-o", out]
  },
]

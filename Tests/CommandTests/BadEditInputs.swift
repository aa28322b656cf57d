import Foundation
import Media

@testable import Exchange

// What `render` and `export` must refuse; see BadInputTests.

let badEdits = [
  BadInput("an edit of a layer that does not exist", 64, "foreground, background") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--edit", "sky=\(fixture.frames)/00000.png"]
  },
  BadInput("an edit that is not there", 66, "nowhere.png") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=/nowhere.png"]
  },
  BadInput("an edit that is damaged", 65, "paint.png") { fixture, out in
    let texture = try Data(contentsOf: URL(fileURLWithPath: fixture.project + "/layers/background/texture.png"))
    let paint = try fixture.file("paint.png", texture.prefix(500))
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("an edit of another shape", 65, "square") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(fixture.frames)/00000.png"]
  },
  BadInput("a paint file that is no archive", 65, "paint.ora") { fixture, out in
    let paint = try fixture.file("paint.ora", Data("not a zip archive at all".utf8))
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file that is cut off", 65, "cut off") { fixture, out in
    let whole = fixture.fresh("whole.ora")
    _ = try Command.run(["export", fixture.project, "--as", "ora", "-o", whole, "--texture-size", "64"])
    let paint = try fixture.file("paint.ora", Data(contentsOf: URL(fileURLWithPath: whole)).prefix(900))
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file whose bytes changed", 65, "checksum of stack.xml") { fixture, out in
    let paint = try paintFile(fixture) { data in
      let name = data.range(of: Data("paint here".utf8))?.lowerBound ?? 0
      data[name] ^= 0x20
    }
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file that claims to hold a gigabyte", 65, "claims to be 1073741824 bytes") { fixture, out in
    let paint = try paintFile(fixture) { data in
      // The directory's entry of stack.xml, the second: deflated, a gigabyte.
      let entry = Data([0x50, 0x4B, 1, 2])
      let first = data.range(of: entry)?.upperBound ?? 0
      let second = data.range(of: entry, in: first..<data.count)?.lowerBound ?? 0
      data.replaceSubrange(second + 10..<second + 12, with: [8, 0])
      data.replaceSubrange(second + 24..<second + 28, with: [0, 0, 0, 0x40])
    }
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file with a document type", 65, "document types are not accepted") { fixture, out in
    let paint = try archive(
      fixture, stack: "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><image w='64' h='64'><stack/></image>")
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file that leads out of itself", 65, "it holds no ../../etc/passwd") { fixture, out in
    let paint = try archive(
      fixture, stack: "<image w='64' h='64'><stack><layer name='a' src='../../etc/passwd'/></stack></image>")
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file of another shape", 65, "the canvas of") { fixture, out in
    let paint = try archive(fixture, stack: "<image w='64' h='48'><stack/></image>")
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a paint file of other layers", 65, "no group called background") { fixture, out in
    let paint = try archive(
      fixture, stack: "<image w='64' h='64'><stack><stack name='foreground'></stack></stack></image>")
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", "background=\(paint)"]
  },
  BadInput("a frame that is damaged while an edit is rendered", 65, "00003.png") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) {
      try Data("damaged".utf8).write(to: $0.appendingPathComponent("00003.png"))
    }
    return ["render", fixture.project, "-o", out + ".mp4", "--source", frames]
  },
  BadInput("a clip that has become shorter", 65, "4 frames") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("00004.png"))
    }
    return ["render", fixture.project, "-o", out + ".mp4", "--source", frames]
  },
]

let badPaintedFramesAndOverlays = [
  BadInput("a painted frame of another shape", 65, "shape of the clip") { fixture, out in
    let texture = fixture.project + "/layers/background/texture.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--frame-edit", "1=\(texture)"]
  },
  BadInput("a painted frame that the clip does not have", 65, "frames 0 to 4") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--frame-edit", "12=\(fixture.frames)/00000.png"]
  },
  BadInput("a painted frame that is not there", 66, "--frame-edit") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--frame-edit", "1=/nowhere.png"]
  },
  BadInput("a painted frame onto a layer that does not exist", 64, "foreground, background") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--frame-edit", "1=\(fixture.frames)/00001.png", "--onto", "sky"]
  },
  BadInput("a painted frame without a number", 64, "frame-edit") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--frame-edit", "\(fixture.frames)/00001.png"]
  },
  BadInput("an overlay of a layer that does not exist", 64, "foreground, background") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--overlay", "sky=\(fixture.frames)/00000.png"]
  },
  BadInput("an overlay that is not there", 66, "--overlay") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--overlay", "background=/nowhere.png"]
  },
  BadInput("an overlay that is no picture", 65, "project.json") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--overlay", "background=\(fixture.project)/project.json"]
  },
  BadInput("an overlay off the texture", 64, "--at") { fixture, out in
    let picture = "background=\(fixture.frames)/00000.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--overlay", picture, "--at", "0.5,1.5"]
  },
  BadInput("an overlay off the clip", 65, "outside the frame") { fixture, out in
    let picture = "background=\(fixture.frames)/00000.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--overlay", picture, "--at-frame", "0:500,20"]
  },
  BadInput("an overlay in a frame that does not exist", 65, "no frame 99") { fixture, out in
    let picture = "background=\(fixture.frames)/00000.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--overlay", picture, "--at-frame", "99:5,20"]
  },
  BadInput("an overlay behind the last layer", 65, "nothing is seen behind") { fixture, out in
    let picture = "background=\(fixture.frames)/00000.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--overlay", picture, "--behind", "background"]
  },
  BadInput("an overlay of no size", 64, "--scale") { fixture, out in
    let picture = "background=\(fixture.frames)/00000.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--overlay", picture, "--scale", "0"]
  },
  BadInput("a place for no overlay", 64, "--at belongs to --overlay") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--at", "0.5,0.5"]
  },
  BadInput("a kept edit that is not there", 66, "keeps no edit hat") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--use", "hat"]
  },
  BadInput("an edit kept under a path", 64, "cannot be the name") { fixture, out in
    let edit = "background=\(fixture.project)/layers/background/texture.png"
    return ["render", fixture.project, "-o", out + ".mp4", "--edit", edit, "--keep", "../escape"]
  },
  BadInput("nothing to keep", 64, "--keep") { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--keep", "hat"]
  },
]

let badExports = [
  BadInput("an export of an unknown kind", 64, "gif") { fixture, out in
    ["export", fixture.project, "--as", "gif", "-o", out]
  },
  BadInput("an export of a layer that does not exist", 64, "foreground, background") { fixture, out in
    ["export", fixture.project, "--as", "ora", "-o", out, "--layer", "sky"]
  },
  BadInput("a texture of a terabyte", 64, "--texture-size") { fixture, out in
    ["export", fixture.project, "--as", "png", "-o", out, "--texture-size", "1000000"]
  },
  BadInput("textures of 12 bits", 64, "--bits") { fixture, out in
    ["export", fixture.project, "--as", "png", "-o", out, "--bits", "12"]
  },
  BadInput("an inverse map of a paint file", 64, "--inverse") { fixture, out in
    ["export", fixture.project, "--as", "ora", "-o", out, "--inverse"]
  },
  BadInput("frames counted from minus one", 64, "--first-number") { fixture, out in
    ["export", fixture.project, "--as", "exr", "-o", out, "--first-number=-1"]
  },
  BadInput("a disk that is full while maps are written", 74, "cannot be written", fileLimit: 2) { fixture, out in
    ["export", fixture.project, "--as", "stmap", "-o", out]
  },
  BadInput("a disk that is full while a layer is written", 74, "cannot be written", fileLimit: 1) { fixture, out in
    ["export", fixture.project, "--as", "ffv1", "-o", out]
  },
  BadInput("a frame that is damaged while layers are exported", 65, "00003.png") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) {
      try Data("damaged".utf8).write(to: $0.appendingPathComponent("00003.png"))
    }
    return ["export", fixture.project, "--as", "exr", "-o", out, "--source", frames]
  },
  BadInput("an export of a project that is not there", 66, "/nowhere") { _, out in
    ["export", "/nowhere", "--as", "ora", "-o", out]
  },
  BadInput("an export below a file", 74, "cannot be written") { fixture, _ in
    ["export", fixture.project, "--as", "png", "-o", fixture.frames + "/00000.png/textures"]
  },
  BadInput("a disk that is full while a paint file is written", 74, "cannot be written", fileLimit: 2) { fixture, out in
    ["export", fixture.project, "--as", "ora", "-o", out + ".ora"]
  },
]

/// A paint file of the fixture's background with something changed in its bytes.
private func paintFile(_ fixture: Fixture, _ change: (inout Data) -> Void) throws -> String {
  let whole = fixture.fresh("whole.ora")
  _ = try Command.run(
    ["export", fixture.project, "--as", "ora", "-o", whole, "--texture-size", "64", "--layer", "background"])
  var data = try Data(contentsOf: URL(fileURLWithPath: whole))
  change(&data)
  return try fixture.file("paint.ora", data)
}

/// An OpenRaster file with this description and no pictures.
private func archive(_ fixture: Fixture, stack: String) throws -> String {
  var writer = ZipWriter()
  try writer.add("mimetype", Data(OpenRasterWriter.mimetype.utf8))
  try writer.add("stack.xml", Data(stack.utf8))
  return try fixture.file("paint.ora", writer.finished())
}

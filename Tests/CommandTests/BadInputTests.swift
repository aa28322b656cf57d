import Foundation
import Media
import Testing
import Weights

/// What the command must refuse: with this exit code, with a sentence that holds these words, with nothing on stdout,
/// and with nothing written where the output was to be.
struct BadInput: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var status: Int32
  var words: String
  var fileLimit: Int?
  /// The arguments; `output` is a path where nothing is.
  var arguments: @Sendable (_ fixture: Fixture, _ output: String) throws -> [String]

  init(
    _ name: String, _ status: Int32, _ words: String, fileLimit: Int? = nil,
    _ arguments: @escaping @Sendable (Fixture, String) throws -> [String]
  ) {
    (testDescription, self.status, self.words, self.fileLimit) = (name, status, words, fileLimit)
    self.arguments = arguments
  }
}

@Suite struct BadInputTests {
  static let all =
    clips + masksAndFlow + badMaskHints + usage + projects + badEdits + badPaintedFramesAndOverlays + badExports
    + outputs

  @Test(arguments: BadInputTests.all)
  func isRefused(_ input: BadInput) throws {
    let fixture = try Fixture.shared.get()
    let output = fixture.fresh("out")
    let result = try Command.run(input.arguments(fixture, output), fileLimit: input.fileLimit)
    #expect(result.status == input.status, "\(result.errors)")
    #expect(result.errors.contains(input.words), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: output + "/project.json"))
    for ending in [".mp4", ".ora"] { #expect(!FileManager.default.fileExists(atPath: output + ending)) }
  }

  @Test func thereAreAtLeastTwentyFiveCases() {
    let all = BadInputTests.all
    #expect(all.count >= 25)
    #expect(Set(all.map(\.testDescription)).count == all.count)
  }
}

private let clips = [
  BadInput("a clip that is not there", 66, "nowhere.mp4") { _, out in ["decompose", "/nowhere.mp4", "-o", out] },
  BadInput("an empty file as a clip", 65, "empty.mp4") { fixture, out in
    ["decompose", try fixture.file("empty.mp4", Data()), "-o", out]
  },
  BadInput("a text file as a clip", 65, "notes.mp4") { fixture, out in
    ["decompose", try fixture.file("notes.mp4", Data("This is no video.\n".utf8)), "-o", out]
  },
  BadInput("a truncated video", 65, "cut.mp4") { fixture, out in
    let video = try Data(contentsOf: URL(fileURLWithPath: fixture.project + "/comparison.mp4"))
    return ["decompose", try fixture.file("cut.mp4", video.prefix(video.count / 2)), "-o", out]
  },
  BadInput("a sound file as a clip", 65, "tone.wav") { fixture, out in
    ["decompose", try fixture.file("tone.wav", wave), "-o", out]
  },
  BadInput("one frame", 65, "1 frame") { fixture, out in
    ["decompose", fixture.frames, "--frames", "0..<1", "-o", out]
  },
  BadInput("one image", 65, "1 frame") { fixture, out in ["decompose", fixture.frames + "/00000.png", "-o", out] },
  BadInput("a folder without images", 65, "no images") { fixture, out in
    ["decompose", URL(fileURLWithPath: fixture.fresh("x")).deletingLastPathComponent().path, "-o", out]
  },
  BadInput("a damaged image among the frames", 65, "00003.png") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) {
      try Data("damaged".utf8).write(to: $0.appendingPathComponent("00003.png"))
    }
    return ["decompose", frames, "-o", out]
  },
  BadInput("frames of different sizes", 65, "00002.png") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) {
      try ImageFile.write(Frame(size: PixelSize(width: 48, height: 32)), to: $0.appendingPathComponent("00002.png"))
    }
    return ["decompose", frames, "-o", out]
  },
  BadInput("an image whose header asks for 40 gigabytes", 65, "huge.png") { fixture, out in
    var png = try Data(contentsOf: URL(fileURLWithPath: fixture.frames + "/00000.png"))
    png.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0])
    return ["decompose", try fixture.file("huge.png", png), "-o", out]
  },
  BadInput("frames beyond the end", 65, "5 frames") { fixture, out in
    ["decompose", fixture.frames, "--frames", "0..<9", "-o", out]
  },
  BadInput("frames too small for flow", 65, "12x12") { fixture, out in
    let frames = try fixture.copy(of: fixture.frames) { folder in
      for index in 0..<Fixture.frameCount {
        let frame = Frame(size: PixelSize(width: 12, height: 12))
        try ImageFile.write(frame, to: folder.appendingPathComponent("0000\(index).png"))
      }
    }
    return ["decompose", frames, "-o", out]
  },
]

private let masksAndFlow = [
  BadInput("masks that are not there", 66, "nowhere") { fixture, out in
    ["decompose", fixture.frames, "--masks", "/nowhere", "-o", out]
  },
  BadInput("fewer masks than frames", 65, "4") { fixture, out in
    let masks = try fixture.copy(of: fixture.masks) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("00004.png"))
    }
    return ["decompose", fixture.frames, "--masks", masks, "-o", out]
  },
  BadInput("a mask missing in the middle", 65, "2") { fixture, out in
    let masks = try fixture.copy(of: fixture.masks) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("00002.png"))
    }
    return ["decompose", fixture.frames, "--masks", masks, "-o", out]
  },
  BadInput("masks of nothing", 65, "covers nothing") { fixture, out in
    ["decompose", fixture.frames, "--masks", try uniformMasks(fixture, 0), "-o", out]
  },
  BadInput("masks of everything", 65, "covers everything") { fixture, out in
    ["decompose", fixture.frames, "--masks", try uniformMasks(fixture, 255), "-o", out]
  },
  BadInput("flow that is not a number", 65, "not a finite number") { fixture, out in
    ["decompose", fixture.frames, "--flow", try flowFolder(fixture, size: Fixture.size, value: .nan), "-o", out]
  },
  BadInput("flow of another size", 65, "48x32") { fixture, out in
    let flow = try flowFolder(fixture, size: PixelSize(width: 48, height: 32), value: 0)
    return ["decompose", fixture.frames, "--flow", flow, "-o", out]
  },
  BadInput("flow that is not there", 66, "--flow") { fixture, out in
    ["decompose", fixture.frames, "--flow", "/nowhere", "-o", out]
  },
  BadInput("weights for flow that are not there", 66, "nowhere.pth") { fixture, out in
    ["decompose", fixture.frames, "--flow", "raft:/nowhere.pth", "-o", out]
  },
  BadInput("weights for flow that are damaged", 65, "raft.pth") { fixture, out in
    ["flow", fixture.frames, "--flow", "raft:" + (try fixture.file("raft.pth", Data("not weights".utf8))), "-o", out]
  },
  BadInput("weights for flow of another model", 65, "holds no RAFT network") { fixture, _ in
    ["check", fixture.frames, "--flow", "raft:" + fixture.project + "/model.safetensors"]
  },
  BadInput("weights for flow of another shape", 65, "[48, 3, 7, 7]") { fixture, out in
    ["decompose", fixture.frames, "--flow", "raft:" + (try stemOnly(fixture, channels: 48)), "-o", out]
  },
  BadInput("weights for flow with a layer missing", 65, "no tensor 'fnet.conv1.bias'") { fixture, out in
    ["flow", fixture.frames, "--flow", "raft:" + (try stemOnly(fixture, channels: 32)), "-o", out]
  },
  BadInput("flow to compare with that is not there", 66, "--against") { fixture, _ in
    ["flow", fixture.frames, "--against", "/nowhere.flo"]
  },
  BadInput("flow to compare with of another size", 65, "48x32") { fixture, _ in
    let folder = try flowFolder(fixture, size: PixelSize(width: 48, height: 32), value: 0)
    return ["flow", fixture.frames, "--against", folder + "/forward_00000.flo"]
  },
  BadInput("masks of other objects", 65, "layers are foreground") { fixture, _ in
    let masks = fixture.fresh("objects")
    for name in ["cat", "dog"] {
      try FileManager.default.createDirectory(atPath: masks, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: fixture.masks, toPath: masks + "/" + name)
    }
    return ["evaluate", fixture.project, "--masks", masks]
  },
]

private let usage = [
  BadInput("huge dimensions", 64, "100000x100000") { fixture, out in
    ["decompose", fixture.frames, "--size", "100000x100000", "-o", out]
  },
  BadInput("frames in reverse", 64, "9..<2") { fixture, out in
    ["decompose", fixture.frames, "--frames", "9..<2", "-o", out]
  },
  BadInput("another seed for a project that has begun", 64, "--seed begins a project") { fixture, _ in
    ["decompose", "-o", fixture.project, "--resume", "--seed", "1"]
  },
  BadInput("frames of a project that is measured", 64, "belong to --against") { fixture, _ in
    ["evaluate", fixture.project, "--frames", "0..<4"]
  },
  BadInput("a negative seed", 64, "seed") { fixture, out in
    ["decompose", fixture.frames, "--seed", "-1", "-o", out]
  },
  BadInput("no time", 64, "time-budget") { fixture, out in
    ["decompose", fixture.frames, "--time-budget", "0s", "-o", out]
  },
  BadInput("no iterations", 64, "--iterations") { fixture, out in
    ["decompose", fixture.frames, "--iterations", "0", "-o", out]
  },
  BadInput("a preset that does not exist", 64, "warp") { fixture, out in
    ["decompose", fixture.frames, "--preset", "warp", "-o", out]
  },
  BadInput("a setting that does not exist", 64, "there is no such setting") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.wieghts.rgb=1", "-o", out]
  },
  BadInput("a setting of another type", 64, "does not fit") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.weights.rgb=much", "-o", out]
  },
  BadInput("no points", 64, "training.sampling.batch_points") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.sampling.batch_points=0", "-o", out]
  },
  BadInput("a negative share of points", 64, "uniform_share") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.sampling.uniform_share=-1", "-o", out]
  },
  BadInput("light of less than nothing", 64, "coarse_light_levels") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.coarse_light_levels=-1", "-o", out]
  },
  BadInput("a network without layers", 64, "model.n_hidden_layers") { fixture, out in
    ["decompose", fixture.frames, "--set", "model.n_hidden_layers=-1", "-o", out]
  },
  BadInput("a grid of a trillion cells", 64, "model.alpha_grid") { fixture, out in
    ["decompose", fixture.frames, "--set", "model.alpha_grid.per_level_scale=4", "-o", out]
  },
  BadInput("a negative weight", 64, "training.weights.rgb") { fixture, out in
    ["decompose", fixture.frames, "--set", "training.weights.rgb=-1", "-o", out]
  },
  BadInput("a schedule to below nothing", 64, "training.schedule") { fixture, out in
    let schedule = #"training.schedule={"exponential":{"from":0.5,"floor":-1}}"#
    return ["decompose", fixture.frames, "--set", schedule, "-o", out]
  },
  BadInput("bits of what has eight", 64, "--bits") { fixture, out in
    ["export", fixture.project, "--as", "prores", "--bits", "16", "-o", out]
  },
  BadInput("a size of frames for textures", 64, "--texture-size") { fixture, out in
    ["export", fixture.project, "--as", "png", "--size", "source", "-o", out]
  },
  BadInput("a size that is none", 64, "--size") { fixture, out in
    ["render", fixture.project, "--size", "large", "-o", out + ".mp4"]
  },
  BadInput("frames of a project that is compared", 64, "has its frames") { fixture, out in
    [
      "evaluate", fixture.project, "--against", "scratch", "--init", "scratch", "--frames", "0...2", "-o", out,
      "--iterations", "1",
    ]
  },
  BadInput("a place for a clip that is no project's", 64, "is no project") { fixture, out in
    [
      "evaluate", fixture.frames, "--against", "scratch", "--init", "scratch", "--source", fixture.frames, "-o", out,
      "--iterations", "1",
    ]
  },
  BadInput("flow that goes nowhere", 64, "--against") { fixture, _ in ["flow", fixture.frames] },
  BadInput("no clip", 64, "clip") { _, out in ["decompose", "-o", out] },
  BadInput("a benchmark that does not exist", 64, "warp") { _, _ in ["bench", "warp"] },
  BadInput("a peer without the benchmark", 64, "adam") { _, _ in ["bench", "adam", "--peer"] },
  BadInput("settings of a benchmark that trains nothing", 64, "--set") { _, _ in
    ["bench", "adam", "--set", "training.weights.bare=0"]
  },
  BadInput("a benchmark of no iterations", 64, "--iterations") { _, _ in ["bench", "truth", "--iterations", "0"] },
  BadInput("a setting of a benchmark that does not exist", 64, "no such setting") { _, _ in
    ["bench", "truth", "--set", "training.wieghts.bare=0"]
  },
  BadInput("masks without their clip", 64, "--clip") { _, _ in ["bench", "time-to-psnr", "--masks", "masks"] },
  BadInput("a size without its clip", 64, "--clip") { _, _ in ["bench", "adam", "--size", "256x160"] },
  BadInput("a video of an unknown kind", 64, ".gif") { fixture, out in
    ["render", fixture.project, "-o", out + ".gif"]
  },
]

private let projects = [
  BadInput("a project that is not there", 66, "/nowhere") { _, _ in ["evaluate", "/nowhere"] },
  BadInput("a folder that is no project", 65, "project.json") { fixture, _ in ["evaluate", fixture.frames] },
  BadInput("a record that is no JSON", 65, "project.json") { fixture, _ in
    ["evaluate", try fixture.changedProject { _ in Data("{\"version\": 1,".utf8) }]
  },
  BadInput("a record with a negative size", 65, "size") { fixture, _ in
    ["evaluate", try fixture.changedProject { replace($0, "\"width\" : 96", "\"width\" : -96") }]
  },
  BadInput("a record whose layers lead out of the folder", 65, "layer") { fixture, _ in
    ["evaluate", try fixture.changedProject { replace($0, "\"foreground\",", "\"../../foreground\",") }]
  },
  BadInput("a record with a group of no points", 65, "group_size") { fixture, _ in
    let settings = "\"settings\" : {"
    let harmful = settings + "\"training\": {\"sampling\": {\"group_size\": 0}},"
    return ["evaluate", try fixture.changedProject { replace($0, settings, harmful) }]
  },
  BadInput("a project of a newer version", 65, "newer") { fixture, _ in
    ["evaluate", try fixture.changedProject { replace($0, "\"version\" : 1", "\"version\" : 99") }]
  },
  BadInput("a clip that is gone", 66, "--source") { fixture, out in
    let project = try fixture.changedProject { replace($0, fixture.frames, "/nowhere/frames") }
    return ["render", project, "-o", out + ".mp4"]
  },
  BadInput("a truncated model", 65, "model.safetensors") { fixture, out in
    let project = try fixture.copy(of: fixture.project) {
      let model = $0.appendingPathComponent("model.safetensors")
      try Data(contentsOf: model).prefix(100_000).write(to: model)
    }
    return ["render", project, "-o", out + ".mp4"]
  },
  BadInput("a project without a model", 65, "no trained model") { fixture, out in
    let project = try fixture.copy(of: fixture.project) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors"))
    }
    return ["render", project, "-o", out + ".mp4"]
  },
  BadInput("a damaged checkpoint", 65, "checkpoint.safetensors") { fixture, _ in
    let project = try fixture.changedProject { replace($0, "\"finished\"", "\"training\"") }
    try Data("not a checkpoint at all".utf8).write(to: URL(fileURLWithPath: project + "/checkpoint.safetensors"))
    return ["decompose", "-o", project, "--resume"]
  },
  BadInput("resuming what is finished", 65, "is finished") { fixture, _ in
    ["decompose", "-o", fixture.project, "--resume"]
  },
]

private let outputs = [
  BadInput("an output below a file", 74, "cannot be written") { fixture, _ in
    ["decompose", fixture.frames, "--masks", fixture.masks, "-o", fixture.frames + "/00000.png/project"]
  },
  BadInput("a video below a file", 74, "cannot be written") { fixture, _ in
    ["render", fixture.project, "-o", fixture.frames + "/00000.png/out.mp4"]
  },
  BadInput("a folder of other files", 74, "--force") { fixture, _ in
    ["decompose", fixture.frames, "--masks", fixture.masks, "-o", fixture.frames]
  },
  BadInput("a project that is there already", 74, "--resume") { fixture, _ in
    ["decompose", fixture.frames, "--masks", fixture.masks, "-o", fixture.project]
  },
  BadInput("a disk that is full while flow is kept", 74, "cannot be written", fileLimit: 2) { fixture, out in
    ["decompose", fixture.frames, "--masks", fixture.masks, "-o", out]
  },
  BadInput("a disk that is full while frames are rendered", 74, "cannot be written", fileLimit: 2) { fixture, out in
    ["render", fixture.project, "-o", out + "/"]
  },
  BadInput("a disk that is full while a video is rendered", 74, "cannot be written", fileLimit: 1) { fixture, out in
    ["render", fixture.project, "-o", out + ".mp4", "--lossless"]
  },
]

extension Fixture {
  /// A copy of the project with another record.
  fileprivate func changedProject(_ change: (String) -> Data) throws -> String {
    try copy(of: project) {
      let record = $0.appendingPathComponent("project.json")
      try change(String(decoding: Data(contentsOf: record), as: UTF8.self)).write(to: record)
    }
  }
}

private func replace(_ text: String, _ old: String, _ new: String) -> Data {
  precondition(text.contains(old), "the record holds no \(old)")
  return Data(text.replacingOccurrences(of: old, with: new).utf8)
}

func uniformMasks(_ fixture: Fixture, _ value: UInt8) throws -> String {
  try fixture.copy(of: fixture.masks) { folder in
    let values = [UInt8](repeating: value, count: Fixture.size.pixelCount)
    for index in 0..<Fixture.frameCount {
      try ImageFile.write(
        Mask(size: Fixture.size, values: values), to: folder.appendingPathComponent("0000\(index).png"))
    }
  }
}

/// A file with nothing but the first convolution of a RAFT network.
private func stemOnly(_ fixture: Fixture, channels: Int) throws -> String {
  let path = fixture.fresh("stem.safetensors")
  let values = [Float](repeating: 0, count: channels * 3 * 7 * 7)
  try SafetensorsWriter.write(
    tensors: [(name: "fnet.conv1.weight", shape: [channels, 3, 7, 7], values: values)], to: URL(fileURLWithPath: path))
  return path
}

/// Flow files for every pair of frames, all vectors 0 except one.
private func flowFolder(_ fixture: Fixture, size: PixelSize, value: Float) throws -> String {
  let folder = fixture.fresh("flow")
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  var file = Data("PIEH".utf8)
  for side in [size.width, size.height] {
    withUnsafeBytes(of: Int32(side).littleEndian) { file.append(contentsOf: $0) }
  }
  var vectors = [Float](repeating: 0, count: size.pixelCount * 2)
  vectors[77] = value
  vectors.withUnsafeBytes { file.append(contentsOf: $0) }
  for index in 0..<Fixture.frameCount - 1 {
    for direction in ["forward", "backward"] {
      try file.write(to: URL(fileURLWithPath: "\(folder)/\(direction)_0000\(index).flo"))
    }
  }
  return folder
}

/// A second of silence: RIFF, 8 kHz, 8 bits, mono.
private let wave: Data = {
  var data = Data("RIFF".utf8)
  func number(_ value: UInt32, bytes: Int) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0.prefix(bytes)) }
  }
  number(36 + 8000, bytes: 4)
  data.append(contentsOf: "WAVEfmt ".utf8)
  for (value, bytes) in [(16, 4), (1, 2), (1, 2), (8000, 4), (8000, 4), (1, 2), (8, 2)] {
    number(UInt32(value), bytes: bytes)
  }
  data.append(contentsOf: "data".utf8)
  number(8000, bytes: 4)
  data.append(Data(repeating: 128, count: 8000))
  return data
}()

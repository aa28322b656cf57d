import Foundation
import Media
import Weights

/// Everything that training reads of a clip, in one file: preparing (decoding, flow, masks, motion) happens once, and
/// many clips cost no more memory than the one in use.
///
/// The file is safetensors, so other programs read it too. Tensors, for frame or pair `t` and object `i`:
/// `flow.t.forward`, `flow.t.backward` (F32, height x width x 2), `frame.t` (height x width x 3: U8 where every value is
/// a multiple of 257, as 8-bit sources give it, else U16), `flow.t.forward.valid`, `flow.t.backward.valid`, `mask.i.t`
/// (U8, height x width), and `checksum` (U64). The metadata `hypernvd_clip` is JSON: name, identity, layers, motion.
///
/// Nothing is rounded: training from the file gives the same model, bit for bit. That is why flow keeps its 32 bits,
/// though it is two thirds of the 8.3 MB that a frame of 768x432 takes.
public struct PreparedClipFile: Sendable {
  /// The file's format; other numbers are not read.
  public static let version = 2

  /// What the clip is called.
  public var name: String { description.name }
  /// What the clip was made from and how, as `write` was told: another text, another clip.
  public var identity: String { description.identity }
  public var geometry: VideoGeometry { description.geometry }
  /// Foregrounds, front first, then the background.
  public var layerNames: [String] { description.layers }

  private let description: Description
  private let descriptionText: String
  private let file: TensorFile
  private let path: String

  private struct Description: Codable {
    var version = PreparedClipFile.version
    var name: String
    var identity: String
    var geometry: VideoGeometry
    var layers: [String]
    var motion: [[Homography]]
  }

  private static let metadataKey = "hypernvd_clip"
  private static let checksumName = "checksum"

  // MARK: - Reading

  /// Maps a file and checks its header; values are read by `load`.
  /// - Throws: `DecompositionError.absentFile`, or `.corruptFile` where it is no prepared clip, damaged, or of another
  ///   version.
  public init(contentsOf url: URL) throws {
    path = url.path
    func corrupt(_ reason: String) -> DecompositionError { .corruptFile(path: url.path, reason: reason) }
    do {
      file = try TensorFile(contentsOf: url)
    } catch WeightsError.absent(let path) {
      throw DecompositionError.absentFile(path: path)
    } catch {
      throw corrupt("\(error)")
    }
    guard let text = file.metadata[Self.metadataKey] else {
      throw corrupt("it is not a prepared clip of hypernvd (no description inside)")
    }
    guard let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8)) else {
      throw corrupt("its description is damaged")
    }
    guard description.version == Self.version else {
      throw corrupt("it has format \(description.version), this program reads \(Self.version)")
    }
    let size = description.geometry.size
    guard (8...65_536).contains(size.width), (8...65_536).contains(size.height),
      (2...1_000_000).contains(description.geometry.frameCount), (2...64).contains(description.layers.count)
    else { throw corrupt("its description has sizes that no clip has") }
    (self.description, descriptionText) = (description, text)
  }

  /// Reads the clip.
  /// - Throws: `DecompositionError.corruptFile` where a part is missing, of another shape, or not what was written.
  public func load() throws -> TrainingClip {
    do {
      var values = ValueReader(
        file: file, path: path, size: description.geometry.size, checksum: Checksum(of: descriptionText))
      let frames = 0..<description.geometry.frameCount
      let fields = try frames.dropLast().map { pair in
        (try values.flow("flow.\(pair).forward"), try values.flow("flow.\(pair).backward"))
      }
      let pictures = try frames.map { try values.frame("frame.\($0)") }
      let flow = try fields.enumerated().map { pair, field in
        FlowPair(
          forward: field.0, backward: field.1, forwardValid: try values.bytes("flow.\(pair).forward.valid"),
          backwardValid: try values.bytes("flow.\(pair).backward.valid"))
      }
      let objects = try description.layers.dropLast().enumerated().map { object, name in
        ObjectMasks(
          name: name,
          masks: try frames.map {
            Mask(size: description.geometry.size, values: try values.bytes("mask.\(object).\($0)"))
          })
      }
      let kept = try file.bytes(Self.checksumName)
      guard kept.elementsEqual(values.checksum.bytes) else {
        throw DecompositionError.corruptFile(path: path, reason: "its values are not those that were written")
      }
      let clip = try TrainingClip(frames: pictures, objects: objects, flow: flow, motion: description.motion)
      guard clip.layerNames == description.layers else {
        throw DecompositionError.corruptFile(path: path, reason: "its last layer is not the background")
      }
      return clip
    } catch let error as WeightsError {
      throw DecompositionError.corruptFile(path: path, reason: "\(error)")
    } catch DecompositionError.unsuitable(let reason) {
      throw DecompositionError.corruptFile(path: path, reason: reason)
    }
  }

  // MARK: - Writing

  /// Writes a clip; the file appears whole or not at all.
  /// - Parameters:
  ///   - name: what people call the clip.
  ///   - identity: what it was made from and how.
  /// - Throws: `WeightsError.unwritable`.
  public static func write(_ clip: TrainingClip, name: String, identity: String, to url: URL) throws {
    let description = Description(
      name: name, identity: identity, geometry: clip.geometry, layers: clip.layerNames, motion: clip.motion)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(description), as: UTF8.self)
    let checksum = RunningChecksum(Checksum(of: text))
    let size = [clip.geometry.size.height, clip.geometry.size.width]
    var tensors: [SafetensorsWriter.Tensor] = []
    func add<Value>(_ name: String, _ type: TensorType, _ shape: [Int], _ values: @escaping () -> [Value]) {
      tensors.append(
        SafetensorsWriter.Tensor(name, type, shape) { take in
          try values().withUnsafeBytes { bytes in
            checksum.value.add(words: bytes)
            try take(bytes)
          }
        })
    }
    for (index, pair) in clip.flow.enumerated() {
      add("flow.\(index).forward", .f32, size + [2]) { pair.forward.vectors }
      add("flow.\(index).backward", .f32, size + [2]) { pair.backward.vectors }
    }
    for (index, frame) in clip.frames.enumerated() {
      if frame.hasEightBits {
        add("frame.\(index)", .u8, size + [3]) { frame.pixels.map { UInt8(truncatingIfNeeded: $0) } }
      } else {
        add("frame.\(index)", .u16, size + [3]) { frame.pixels }
      }
    }
    for (index, pair) in clip.flow.enumerated() {
      add("flow.\(index).forward.valid", .u8, size) { pair.forwardValid }
      add("flow.\(index).backward.valid", .u8, size) { pair.backwardValid }
    }
    for (object, masks) in clip.objects.enumerated() {
      for (index, mask) in masks.masks.enumerated() { add("mask.\(object).\(index)", .u8, size) { mask.values } }
    }
    tensors.append(
      SafetensorsWriter.Tensor(checksumName, .u64, [1]) { take in
        try checksum.value.bytes.withUnsafeBytes { try take($0) }
      })
    try SafetensorsWriter.write(tensors, metadata: [metadataKey: text], to: url)
  }
}

extension Frame {
  /// Whether every value is one of the 256 that 8-bit sources give.
  fileprivate var hasEightBits: Bool { pixels.allSatisfy { $0 >> 8 == $0 & 0xFF } }
}

/// Reads the tensors of a prepared clip in the order of the file, adding up their checksum.
private struct ValueReader {
  let file: TensorFile
  let path: String
  let size: PixelSize
  var checksum: Checksum

  private var shape: [Int] { [size.height, size.width] }

  mutating func flow(_ name: String) throws -> FlowField {
    let vectors = try values(name, .f32, shape + [2], zero: Float(0))
    guard vectors.allSatisfy({ $0.isFinite }) else {
      throw WeightsError.badTensor(name: name, path: path, reason: "it holds a vector that is not finite")
    }
    return FlowField(size: size, vectors: vectors)
  }

  mutating func frame(_ name: String) throws -> Frame {
    guard try file.info(name, shape: shape + [3]).type == .u8 else {
      return try Frame(size: size, pixels: values(name, .u16, shape + [3], zero: UInt16(0)))
    }
    return try Frame(size: size, pixels: values(name, .u8, shape + [3], zero: UInt8(0)).map { UInt16($0) * 257 })
  }

  mutating func bytes(_ name: String) throws -> [UInt8] { try values(name, .u8, shape, zero: 0) }

  private mutating func values<Value>(
    _ name: String, _ type: TensorType, _ shape: [Int], zero: Value
  ) throws -> [Value] {
    let info = try file.info(name, shape: shape)
    guard info.type == type else {
      throw WeightsError.badTensor(name: name, path: path, reason: "its values are \(info.type.rawValue)")
    }
    let data = try file.bytes(name)
    data.withUnsafeBytes { checksum.add(words: $0) }
    return [Value](unsafeUninitializedCapacity: info.count) { target, count in
      data.copyBytes(to: UnsafeMutableRawBufferPointer(target))
      count = info.count
    }
  }
}

extension Checksum {
  fileprivate init(of text: String) {
    self.init()
    Array(text.utf8).withUnsafeBytes { add(words: $0) }
  }

  /// Little endian.
  fileprivate var bytes: [UInt8] { withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } }
}

/// A checksum that closures share.
private final class RunningChecksum {
  var value: Checksum

  init(_ value: Checksum) { self.value = value }
}

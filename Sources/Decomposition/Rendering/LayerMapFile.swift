import Foundation
import Media

/// The maps of all layers and frames of a model in one file, so that an edit is rendered without evaluating a network.
///
/// "HNVDMAPS", then 64-bit little-endian numbers: version, identity of the model, width, height, frames, layers; for every
/// frame and layer the place, length and checksum of its map; then the maps (`LayerMap`). About 16 bytes a pixel and
/// frame. The file can be deleted at any time: it is worked out again; where a map is damaged, its frame is.
public struct LayerMapFile: Sendable {
  private let url: URL
  private let layers: Int
  private let pixels: Int
  private let index: [Place]

  private struct Place {
    var offset: UInt64
    var length: Int
    var checksum: UInt64

    /// Bytes in the table.
    static let size = 24
  }

  static let magic = Data("HNVDMAPS".utf8)
  static let version: UInt64 = 2

  /// Opens the maps of a model; nil where there are none, or another model's.
  /// - Parameter onDamage: hears why a file of this model cannot be used.
  public init?(contentsOf url: URL, for model: NVDModel, onDamage: (String) -> Void = { _ in }) {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
    defer { try? handle.close() }
    let header = Self.header(of: model)
    let entries = model.geometry.frameCount * model.layerCount
    guard let start = try? handle.read(upToCount: header.count), start == header else { return nil }
    let bytes = entries * Place.size
    guard let table = try? handle.read(upToCount: bytes), table.count == bytes, let end = try? handle.seekToEnd() else {
      onDamage("it ends too early")
      return nil
    }
    let index = (0..<entries).map { entry in
      func number(_ position: Int) -> UInt64 {
        table.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Place.size * entry + 8 * position, as: UInt64.self) }
      }
      return Place(offset: number(0), length: Int(truncatingIfNeeded: number(1)), checksum: number(2))
    }
    guard index.allSatisfy({ $0.offset <= end && $0.length >= 0 && UInt64($0.length) <= end - $0.offset }) else {
      onDamage("it ends too early")
      return nil
    }
    self.url = url
    self.index = index
    layers = model.layerCount
    pixels = model.geometry.size.pixelCount
  }

  /// The map of a layer in a frame; nil where it cannot be read, or is damaged.
  func map(frame: Int, layer: Int) -> LayerMap? {
    let place = index[frame * layers + layer]
    guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
    defer { try? handle.close() }
    guard (try? handle.seek(toOffset: place.offset)) != nil, let bytes = try? handle.read(upToCount: place.length),
      Self.checksum(of: bytes) == place.checksum
    else { return nil }
    return LayerMap(bytes: bytes, pixels: pixels)
  }

  fileprivate static func checksum(of map: Data) -> UInt64 {
    var checksum = Checksum()
    map.withUnsafeBytes { checksum.add(words: $0) }
    return checksum.value
  }

  /// Bytes of the header and of the table of a model's maps.
  fileprivate static func bytesBeforeMaps(of model: NVDModel) -> Int {
    header(of: model).count + Place.size * model.geometry.frameCount * model.layerCount
  }

  static func header(of model: NVDModel) -> Data {
    var data = magic
    let (size, frames) = (model.geometry.size, model.geometry.frameCount)
    for value in [
      version, model.identity, UInt64(size.width), UInt64(size.height), UInt64(frames), UInt64(model.layerCount),
    ] { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }
}

/// Writes a `LayerMapFile` while frames are rendered: beside its place, then renamed.
public final class LayerMapWriter: FrameObserver, @unchecked Sendable {
  private let url: URL
  private let temporary: URL
  private let handle: FileHandle
  private let header: Data
  private let size: PixelSize
  private var table = Data()
  private var end: UInt64
  private var failure: (any Error)?

  /// - Throws: `DecompositionError.unsuitable` where no file can be written.
  public init(_ url: URL, for model: NVDModel) throws {
    self.url = url
    temporary = url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).partial")
    header = LayerMapFile.header(of: model)
    size = model.geometry.size
    end = UInt64((LayerMapFile.bytesBeforeMaps(of: model) + 15) / 16 * 16)
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: temporary.path, contents: nil),
      let handle = try? FileHandle(forWritingTo: temporary)
    else { throw DecompositionError.unsuitable("\(url.path) cannot be written") }
    self.handle = handle
  }

  deinit {
    try? handle.close()
    try? FileManager.default.removeItem(at: temporary)
  }

  /// One piece: the maps lie in the file in order. What goes wrong is thrown by `finish`; a pass goes on without maps.
  public func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    [
      { [self] in
        guard failure == nil else { return }
        guard frame.size == size else {
          failure = DecompositionError.unsuitable("layer maps are of frames of \(size), not \(frame.size)")
          return
        }
        do {
          for layer in frame.layers.indices { try append(LayerMap(frame, layer: layer)) }
        } catch { failure = error }
      }
    ]
  }

  private func append(_ map: LayerMap) throws {
    for value in [end, UInt64(map.bytes.count), LayerMapFile.checksum(of: map.bytes)] {
      withUnsafeBytes(of: value.littleEndian) { table.append(contentsOf: $0) }
    }
    try handle.seek(toOffset: end)
    try handle.write(contentsOf: map.bytes)
    end += UInt64(map.bytes.count)
  }

  /// Completes the file and puts it in its place.
  public func finish() throws {
    if let failure { throw failure }
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: header + table)
    try handle.close()
    guard rename(temporary.path, url.path) == 0 else {
      throw DecompositionError.unsuitable("\(url.path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}

extension NVDModel {
  /// A number for this very model (the checksum of its description and of the bits of its parameters): another one,
  /// another number.
  var identity: UInt64 {
    struct Description: Encodable {
      var configuration: ModelConfiguration
      var geometry: VideoGeometry
      var layers: [String]
      var motion: [[Homography]]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let description = Description(
      configuration: configuration, geometry: geometry, layers: layerNames, motion: motion)
    var checksum = Checksum()
    checksum.add((try? encoder.encode(description)) ?? Data())
    checksum.add(UnsafeBufferPointer(start: parameters.pointer, count: parameters.count).lazy.map(\.bitPattern))
    return checksum.value
  }
}

extension Renderer {
  /// Works out the maps of all layers and frames and keeps them at `url`.
  /// - Parameter onFrame: called after every frame with the number of frames done; ends the work where it throws.
  public func writeLayerMaps(to url: URL, onFrame: (Int) throws -> Void = { _ in }) throws {
    let writer = try LayerMapWriter(url, for: model)
    try RenderPass(self, parts: [.alpha, .residual]).run([writer], onFrame: onFrame)
    try writer.finish()
  }
}

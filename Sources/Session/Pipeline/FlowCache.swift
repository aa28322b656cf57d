import Foundation
import Media
import Perception

/// The flow of a clip, kept in the project between runs.
///
/// One file: "HNVDFLOW", then as little-endian 64-bit numbers the version, width, height, number of pairs and
/// fingerprints of the frames and of what made the flow, then for each pair the forward and the backward field as 32-bit floats. Where flow can be
/// trusted is worked out again on reading.
struct FlowCache {
  let url: URL
  private let choice: FlowChoice

  /// - Parameter choice: where the flow comes from; that of another method is not taken for it.
  init(url: URL, of choice: FlowChoice) {
    (self.url, self.choice) = (url, choice)
  }

  private static let magic = Data("HNVDFLOW".utf8)
  private static let version: UInt64 = 2
  private static let headerBytes = 8 + 6 * 8

  /// The cached flow of these frames; nil where there is none or another clip's.
  /// - Parameter onDamage: hears why a file that is there cannot be used.
  func read(for frames: [Frame], onDamage: (String) -> Void) -> [FlowPair]? {
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else { return nil }
    let size = frames[0].size
    let fieldBytes = size.pixelCount * 8
    let expected = header(of: frames)
    guard data.count >= FlowCache.headerBytes, data.prefix(8) == FlowCache.magic else {
      onDamage("it is not a flow cache")
      return nil
    }
    guard data.prefix(FlowCache.headerBytes) == expected else { return nil }
    guard data.count == FlowCache.headerBytes + (frames.count - 1) * 2 * fieldBytes else {
      onDamage("it is \(data.count) bytes long")
      return nil
    }
    var pairs: [FlowPair] = []
    for index in 0..<(frames.count - 1) {
      let offset = FlowCache.headerBytes + index * 2 * fieldBytes
      let forward = FlowCache.field(of: data, at: offset, size)
      let backward = FlowCache.field(of: data, at: offset + fieldBytes, size)
      guard let forward, let backward else {
        onDamage("a vector of pair \(index) is not finite")
        return nil
      }
      pairs.append(FlowPair(forward: forward, backward: backward))
    }
    return pairs
  }

  /// Keeps the flow of these frames.
  func write(_ pairs: [FlowPair], for frames: [Frame]) throws {
    var data = header(of: frames)
    for field in pairs.flatMap({ [$0.forward, $0.backward] }) {
      field.vectors.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    try FileAccess.makeFolder(url.deletingLastPathComponent())
    try FileAccess.write(data, to: url)
  }

  private func header(of frames: [Frame]) -> Data {
    let size = frames[0].size
    var method = Checksum()
    method.add(choice.text.utf8)
    var data = Self.magic
    for value in [
      Self.version, UInt64(size.width), UInt64(size.height), UInt64(frames.count - 1), Self.fingerprint(of: frames),
      method.value,
    ] {
      withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  private static func field(of data: Data, at offset: Int, _ size: PixelSize) -> FlowField? {
    var vectors = [Float](repeating: 0, count: size.pixelCount * 2)
    let finite = vectors.withUnsafeMutableBytes { bytes in
      data.copyBytes(to: bytes, from: data.startIndex + offset..<data.startIndex + offset + bytes.count)
      return bytes.bindMemory(to: Float.self).allSatisfy(\.isFinite)
    }
    return finite ? FlowField(size: size, vectors: vectors) : nil
  }

  /// The checksum of all pixel values: other frames, another number.
  private static func fingerprint(of frames: [Frame]) -> UInt64 {
    var checksum = Checksum()
    for frame in frames { checksum.add(frame.pixels) }
    return checksum.value
  }
}

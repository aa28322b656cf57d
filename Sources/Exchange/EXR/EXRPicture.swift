import COpenEXR
import Foundation
import Media

/// A picture of named channels for an OpenEXR file.
public struct EXRPicture: Sendable {
  /// One channel: "R", or with its layer "foreground.R".
  public struct Channel: Sendable {
    public var name: String
    /// Stored as 16-bit half; otherwise as 32-bit float, exactly.
    public var isHalf: Bool
    /// One value a pixel, row by row from the top left.
    public var values: [Float]

    public init(_ name: String, half: Bool = false, _ values: [Float]) {
      (self.name, isHalf, self.values) = (name, half, values)
    }
  }

  public let size: PixelSize
  public var channels: [Channel] = []
  /// Texts for the header.
  public var attributes: [String: String] = [:]
  public var frameRate: FrameRate?

  public init(size: PixelSize) {
    self.size = size
  }

  /// Adds channels of one layer, "R" to `name.R`; without a name they are the picture itself.
  /// - Precondition: as many values a channel as there are pixels.
  public mutating func add(layer: String? = nil, half: Bool = false, _ planes: [(String, [Float])]) {
    for (channel, values) in planes {
      precondition(values.count == size.pixelCount, "\(values.count) values for \(size)")
      channels.append(Channel(layer.map { "\($0).\(channel)" } ?? channel, half: half, values))
    }
  }

  /// The picture as a file: one part, scanlines, ZIP compressed.
  /// - Throws: `ExchangeError.encoding`.
  public func encoded() throws -> Data {
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    var message = [CChar](repeating: 0, count: 512)
    let texts = attributes.sorted { $0.key < $1.key }
    let names = channels.map { strdup($0.name) } + texts.flatMap { [strdup($0.key), strdup($0.value)] }
    defer { for name in names { free(name) } }
    let code = withPointers(to: channels.map(\.values)) { planes in
      let c = zip(channels, planes).enumerated().map { index, channel in
        COpenEXRChannel(name: names[index], is_half: channel.0.isHalf ? 1 : 0, values: channel.1)
      }
      let t = texts.indices.map { index in
        COpenEXRText(name: names[channels.count + 2 * index], value: names[channels.count + 2 * index + 1])
      }
      return copenexr_encode(
        Int32(size.width), Int32(size.height), c, Int32(c.count), t, Int32(t.count),
        Int32(clamping: frameRate?.numerator ?? 0), Int32(clamping: frameRate?.denominator ?? 0), &bytes, &count,
        &message, message.count)
    }
    guard code == 0, let bytes else {
      throw ExchangeError.encoding(
        detail: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    defer { copenexr_free(bytes) }
    return Data(bytes: bytes, count: count)
  }

  /// Writes the picture; the file appears whole or not at all.
  /// - Throws: `ExchangeError.encoding`, `MediaError.cannotWrite`.
  public func write(to url: URL) throws { try AtomicFile.write(encoded(), to: url) }

  /// Calls `body` with the start of every array.
  private func withPointers<Result>(
    to arrays: [[Float]], found: [UnsafePointer<Float>?] = [], _ body: ([UnsafePointer<Float>?]) -> Result
  ) -> Result {
    guard found.count < arrays.count else { return body(found) }
    return arrays[found.count].withUnsafeBufferPointer { plane in
      withPointers(to: arrays, found: found + [plane.baseAddress], body)
    }
  }

  /// Different names for the layers of a file.
  /// - Parameters:
  ///   - suffixes: ends of further layers' names that belong to each: `man_uv`.
  ///   - taken: names that the file has besides.
  public static func layerNames(_ names: [String], suffixes: [String], taken: Set<String>) -> [String] {
    var taken = taken
    return names.map { name in
      let wanted = layerName(name)
      let candidates = [wanted] + (2...names.count + taken.count + 2).lazy.map { "\(wanted)_\($0)" }
      func all(_ name: String) -> [String] { [name] + suffixes.map { name + $0 } }
      let free = candidates.first { taken.isDisjoint(with: all($0)) } ?? wanted
      taken.formUnion(all(free))
      return free
    }
  }

  /// A name as compositing programs take it for a layer: letters, digits and underscores, not beginning with a digit.
  public static func layerName(_ name: String) -> String {
    let cleaned = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return cleaned.first?.isNumber ?? true ? "layer_" + cleaned : cleaned
  }
}

import Foundation

extension FlowFile {
  /// The first four bytes, the float 202021.25.
  private static let magic = Data("PIEH".utf8)
  /// Larger components mean "unknown".
  private static let largestKnown: Float = 1e9

  static func readMiddlebury(_ url: URL) throws -> MeasuredFlow {
    let data = try InputFile.contents(of: url)
    guard data.count >= 12, data.prefix(4) == magic else {
      throw MediaError.unreadable(path: url.path, detail: "it does not begin like a .flo file")
    }
    let (width, height) = (Int(Int32(bitPattern: data.word(at: 4))), Int(Int32(bitPattern: data.word(at: 8))))
    let size = PixelSize(width: width, height: height)
    guard Limits.accepts(size) else {
      throw MediaError.unreadable(path: url.path, detail: "its header says \(size), which is no picture size")
    }
    let expected = 12 + 8 * size.pixelCount
    guard data.count == expected else {
      throw MediaError.unreadable(
        path: url.path, detail: "it has \(data.count) bytes, a flow of \(size) has \(expected): truncated or damaged")
    }
    var flow = FlowField(size: size, vectors: NumPyArray.floats(data.dropFirst(12), .float32, isLittleEndian: true))
    try checkFinite(flow, url)
    var valid = [UInt8](repeating: 1, count: size.pixelCount)
    for pixel in valid.indices
    where abs(flow.vectors[2 * pixel]) > largestKnown || abs(flow.vectors[2 * pixel + 1]) > largestKnown {
      valid[pixel] = 0
      flow.vectors[2 * pixel] = 0
      flow.vectors[2 * pixel + 1] = 0
    }
    return MeasuredFlow(flow: flow, valid: valid)
  }

  static func middlebury(_ flow: FlowField) -> Data {
    var data = magic
    for side in [flow.size.width, flow.size.height] {
      withUnsafeBytes(of: UInt32(side).littleEndian) { data.append(contentsOf: $0) }
    }
    data.append(NumPyArray.bytes(flow.vectors))
    return data
  }
}

extension Data {
  /// The little-endian 32-bit word at an offset from the start.
  func word(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(self[startIndex + offset + $1]) << UInt32(8 * $1) }
  }
}

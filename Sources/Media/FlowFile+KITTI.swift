import Foundation

extension FlowFile {
  /// Steps a pixel of displacement.
  private static let scale: Float = 64
  /// The stored value of no displacement.
  private static let zero: Float = 32768

  static func readKITTI(_ url: URL) throws -> MeasuredFlow {
    try StillImage.decode(url) { picture, _ in
      guard picture.bitDepth == 16, let image = UnpackedPicture.read(picture), image.channels >= 3 else {
        throw MediaError.unsuitable(path: url.path, detail: "a KITTI flow is a PNG of 16-bit RGB")
      }
      var flow = FlowField(size: image.size, vectors: [Float](repeating: 0, count: 2 * image.size.pixelCount))
      var valid = [UInt8](repeating: 0, count: image.size.pixelCount)
      for pixel in valid.indices where image.values[pixel * image.channels + 2] != 0 {
        valid[pixel] = 1
        for component in 0..<2 {
          flow.vectors[2 * pixel + component] = (Float(image.values[pixel * image.channels + component]) - zero) / scale
        }
      }
      return MeasuredFlow(flow: flow, valid: valid)
    }
  }

  static func writeKITTI(_ flow: FlowField, to url: URL) throws {
    var bytes = [UInt8]()
    bytes.reserveCapacity(6 * flow.size.pixelCount)
    for (index, value) in flow.vectors.enumerated() {
      let stored = (value * scale + zero).rounded()
      guard stored >= 0, stored <= 65535 else {
        let (x, y) = (index / 2 % flow.size.width, index / 2 / flow.size.width)
        throw MediaError.unsuitable(
          path: url.path, detail: "a KITTI PNG holds up to 512 pixels, the flow at x \(x), y \(y) is \(value); use .flo"
        )
      }
      bytes.append(UInt8(UInt16(stored) >> 8))
      bytes.append(UInt8(UInt16(stored) & 255))
      if index % 2 == 1 { bytes.append(contentsOf: [0, 1]) }
    }
    try ImageFile.write(bytes, size: flow.size, format: .rgb16BigEndian, to: url)
  }
}

import Foundation

extension FlowFile {
  static func readNumPy(_ url: URL) throws -> MeasuredFlow {
    let array = try NumPyArray(InputFile.contents(of: url), path: url.path)
    // Leading axes of length one, as batches of one have, say nothing.
    let shape = Array(array.shape.drop { $0 == 1 && array.shape.count > 3 })
    let isInterleaved = shape.count == 3 && shape[2] == 2
    guard shape.count == 3, isInterleaved || shape[0] == 2 else {
      throw MediaError.unsuitable(
        path: url.path, detail: "its shape is \(array.shape), a flow is (height, width, 2) or (2, height, width)")
    }
    let size = PixelSize(width: shape[isInterleaved ? 1 : 2], height: shape[isInterleaved ? 0 : 1])
    guard Limits.accepts(size) else { throw MediaError.tooLarge(path: url.path, size: size) }
    var vectors = array.values
    if !isInterleaved {
      for pixel in 0..<size.pixelCount {
        vectors[2 * pixel] = array.values[pixel]
        vectors[2 * pixel + 1] = array.values[size.pixelCount + pixel]
      }
    }
    let flow = FlowField(size: size, vectors: vectors)
    try checkFinite(flow, url)
    return MeasuredFlow(flow: flow, valid: [UInt8](repeating: 1, count: size.pixelCount))
  }
}

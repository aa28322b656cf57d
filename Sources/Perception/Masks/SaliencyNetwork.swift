import COpenCV
import Foundation
import Media

/// U2-Net-p (Qin et al., Pattern Recognition 2020): how much each pixel stands out, from one frame alone.
///
/// Input: the frame squeezed to 320x320 RGB, divided by its largest value, ImageNet mean and deviation. Output: a map
/// stretched to [0, 1]. About 0.6 s a frame on one core.
final class SaliencyNetwork {
  /// The side of the square that the network looks at.
  static let side = 320
  static let size = PixelSize(width: side, height: side)
  /// Files above this are no U2-Net: the large variant has 176 MB.
  private static let largestFile = 400_000_000

  private let network: OpaquePointer

  /// - Parameter model: the bytes of an ONNX file.
  /// - Throws: `PerceptionError.modelUnusable`.
  init(model: [UInt8], file: String) throws(PerceptionError) {
    var network: OpaquePointer?
    do throws(PerceptionError) {
      try openCV("read the saliency model") { copencv_network_read(model, model.count, &network, $0, $1) }
    } catch {
      guard case .openCV(_, let message) = error else { throw error }
      throw .modelUnusable(file: file, reason: message)
    }
    guard let network else { throw .modelUnusable(file: file, reason: "it holds no network") }
    self.network = network
  }

  deinit { copencv_network_free(network) }

  /// The bytes of a model file, or nil where there is no such file.
  static func bytes(of file: URL) throws(PerceptionError) -> [UInt8]? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    guard let attributes else { return nil }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    guard attributes[.type] as? FileAttributeType != .typeDirectory, size > 0, size <= largestFile else {
      throw .modelUnusable(file: file.path, reason: "\(size) bytes are no saliency model")
    }
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      throw .modelUnusable(file: file.path, reason: error.localizedDescription)
    }
  }

  /// The saliency of a frame, `side * side` values in [0, 1].
  func saliency(of frame: Frame) throws(PerceptionError) -> [Float] {
    let input = try Self.input(for: frame)
    var output = [Float](repeating: 0, count: Self.side * Self.side)
    try openCV("run the saliency model") {
      copencv_network_run(network, input, 3, Int32(Self.side), Int32(Self.side), &output, $0, $1)
    }
    let finite = output.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max(), most > least else { return output.map { _ in 0 } }
    return output.map { $0.isFinite ? ($0 - least) / (most - least) : 0 }
  }

  /// The frame as the network wants it: planes R, G, B of `side * side`.
  private static func input(for frame: Frame) throws(PerceptionError) -> [Float] {
    let size = frame.size
    let rgb = frame.pixels.map { Float($0) * Frame.unit }
    var small = [Float](repeating: 0, count: side * side * 3)
    let shrinks: Int32 = size.width > side && size.height > side ? 1 : 0
    try openCV("resize a frame of \(size)") {
      copencv_resize(
        rgb, Int32(size.width), Int32(size.height), 3, &small, Int32(side), Int32(side), shrinks, $0, $1)
    }
    let brightest = max(small.max() ?? 0, 1e-6)
    let mean: [Float] = [0.485, 0.456, 0.406]
    let deviation: [Float] = [0.229, 0.224, 0.225]
    var planes = [Float](repeating: 0, count: small.count)
    for channel in 0..<3 {
      for index in 0..<side * side {
        planes[channel * side * side + index] =
          (small[3 * index + channel] / brightest - mean[channel]) / deviation[channel]
      }
    }
    return planes
  }
}

import Foundation
import Media

/// How frames become the numbers that VideoMAE was trained on, with the names of `preprocessor_config.json`.
public struct VideoMAEPreprocessing: Equatable, Sendable {
  /// How a frame of another shape is brought to a square.
  public enum Framing: String, Codable, Equatable, Sendable, CaseIterable {
    /// The whole frame, with another aspect: nothing is lost. What HyperNVD does.
    case stretch
    /// The middle square, as `transformers` does.
    case crop
  }

  /// Mean and deviation of each channel of values in [0, 1]; the defaults are ImageNet's, which the published models use.
  public var mean: [Float] = [0.485, 0.456, 0.406]
  public var deviation: [Float] = [0.229, 0.224, 0.225]
  /// The factor from bytes to the values that mean and deviation belong to.
  public var rescaleFactor: Float = 1 / 255
  public var framing = Framing.stretch

  public init() {}

  /// The window as planes: frame, channel, row, column.
  /// - Parameter side: height and width of the result, in pixels.
  func pixels(_ frames: [Frame], side: Int) throws -> [Float] {
    let square = PixelSize(width: side, height: side)
    var result: [Float] = []
    result.reserveCapacity(frames.count * 3 * side * side)
    for frame in frames {
      let picture = try (framing == .crop ? frame.middleSquare : frame).resized(to: square)
      for channel in 0..<3 {
        // Stored values are bytes times 257.
        let factor = rescaleFactor / 257 / deviation[channel]
        let offset = mean[channel] / deviation[channel]
        for index in 0..<square.pixelCount {
          result.append(Float(picture.pixels[3 * index + channel]) * factor - offset)
        }
      }
    }
    return result
  }
}

extension VideoMAEPreprocessing: Codable {
  enum CodingKeys: String, CodingKey {
    case mean = "image_mean"
    case deviation = "image_std"
    case rescaleFactor = "rescale_factor"
    case framing
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    mean = try fields.decodeIfPresent([Float].self, forKey: .mean) ?? mean
    deviation = try fields.decodeIfPresent([Float].self, forKey: .deviation) ?? deviation
    rescaleFactor = try fields.decodeIfPresent(Float.self, forKey: .rescaleFactor) ?? rescaleFactor
    framing = try fields.decodeIfPresent(Framing.self, forKey: .framing) ?? framing
  }

  /// - Throws: `EmbeddingError.badConfiguration`.
  func validate(path: String) throws {
    guard mean.count == 3, deviation.count == 3, mean.allSatisfy(\.isFinite),
      deviation.allSatisfy({ $0.isFinite && $0 > 0 }), rescaleFactor.isFinite, rescaleFactor > 0
    else {
      throw EmbeddingError.badConfiguration(
        path: path,
        reason: "image_mean and image_std must hold three numbers each, image_std and rescale_factor above 0")
    }
  }
}

extension Frame {
  /// The largest square around the middle.
  fileprivate var middleSquare: Frame {
    let side = min(size.width, size.height)
    let (left, top) = ((size.width - side) / 2, (size.height - side) / 2)
    var pixels: [UInt16] = []
    pixels.reserveCapacity(3 * side * side)
    for row in top..<top + side {
      let begin = 3 * (row * size.width + left)
      pixels.append(contentsOf: self.pixels[begin..<begin + 3 * side])
    }
    return Frame(size: PixelSize(width: side, height: side), pixels: pixels)
  }
}

import Foundation

/// Decodes one image file and hands the picture over while it is valid.
enum StillImage {
  /// - Parameter holdsData: whether values are no light, as for `VideoDecoder`.
  static func decode<Result>(
    _ url: URL, holdsData: Bool = false, _ body: (Picture, FrameConverter) throws -> Result
  ) throws -> Result {
    let decoder = try VideoDecoder(url, holdsData: holdsData)
    guard let picture = try decoder.next() else {
      throw MediaError.noFrames(path: url.path, detail: decoder.damage ?? "it holds no picture")
    }
    return try body(picture, FrameConverter(decoder.container))
  }
}

import Foundation

/// Decodes one image file and hands the picture over while it is valid.
enum StillImage {
  static func decode<Result>(_ url: URL, _ body: (Picture, FrameConverter) throws -> Result) throws -> Result {
    let decoder = try VideoDecoder(url)
    guard let picture = try decoder.next() else {
      throw MediaError.noFrames(path: url.path, detail: decoder.damage ?? "it holds no picture")
    }
    return try body(picture, FrameConverter(decoder.container))
  }
}

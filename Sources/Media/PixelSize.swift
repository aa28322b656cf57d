/// The size of an image in whole pixels.
public struct PixelSize: Hashable, Codable, Sendable, CustomStringConvertible {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  public var pixelCount: Int { width * height }
  public var longSide: Int { max(width, height) }
  public var description: String { "\(width)x\(height)" }
}

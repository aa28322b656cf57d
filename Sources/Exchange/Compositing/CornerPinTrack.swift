import Foundation
import Media

/// Where a rectangle of a layer's texture is in every frame: a corner pin, for programs without STMaps.
///
/// Places are in pixels from the top left corner of the picture, y down, the middle of the first pixel at (0.5, 0.5).
public struct CornerPinTrack: Codable, Equatable, Sendable {
  public struct Point: Codable, Equatable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// One frame of it; a frame that shows too little of the layer is left out of the track.
  public struct Pin: Codable, Equatable, Sendable {
    public var frame: Int
    /// The corners in the frame, in the order of `from`.
    public var to: [Point]
    /// Row-major 3 x 3, from places of the texture to places of the frame.
    public var matrix: [Double]
    /// Root mean square distance in pixels between the layer's own motion and this flat one.
    public var rmsError: Double

    enum CodingKeys: String, CodingKey {
      case frame, to, matrix
      case rmsError = "rms_error_pixels"
    }

    public init(frame: Int, to: [Point], matrix: [Double], rmsError: Double) {
      (self.frame, self.to, self.matrix, self.rmsError) = (frame, to, matrix, rmsError)
    }
  }

  public var layer: String
  public var frameSize: PixelSize
  /// The size of the texture that `from` is measured on.
  public var textureSize: PixelSize
  /// Bottom left, bottom right, top right, top left.
  public var from: [Point]
  public var pins: [Pin]

  enum CodingKeys: String, CodingKey {
    case layer, from, pins
    case frameSize = "frame_size"
    case textureSize = "texture_size"
  }

  public init(layer: String, frameSize: PixelSize, textureSize: PixelSize, from: [Point], pins: [Pin]) {
    (self.layer, self.frameSize, self.textureSize) = (layer, frameSize, textureSize)
    (self.from, self.pins) = (from, pins)
  }

  /// The track as JSON.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data([0x0A])
  }

  /// The track as a Nuke script that can be pasted into a node graph: a CornerPin2D that lays the texture over the frame.
  /// Nuke counts y from the bottom.
  public var nukeScript: String {
    func flipped(_ point: Point, _ size: PixelSize) -> Point { Point(x: point.x, y: Double(size.height) - point.y) }
    func number(_ value: Double) -> String { String(format: "%.6g", locale: Locale(identifier: "en_US_POSIX"), value) }
    var text = "CornerPin2D {\n inputs 0\n"
    for corner in 0..<4 {
      let curve = { (axis: KeyPath<Point, Double>) -> String in
        // `xN` before a value sets its frame.
        let keys = pins.map { "x\($0.frame) \(number(flipped($0.to[corner], frameSize)[keyPath: axis]))" }
        return "{curve \(keys.joined(separator: " "))}"
      }
      text += " to\(corner + 1) {\(curve(\.x)) \(curve(\.y))}\n"
    }
    for (corner, point) in from.enumerated() {
      let place = flipped(point, textureSize)
      text += " from\(corner + 1) {\(number(place.x)) \(number(place.y))}\n"
    }
    let name = EXRPicture.layerName(layer)
    text += " label \"\(name): texture of \(textureSize)\"\n name \(name)_CornerPin\n xpos 0\n ypos 0\n}\n"
    return text
  }
}

import Foundation
import Media

/// A mark on a texture that nobody overlooks: a star with a dark rim, as large as fits where the clip shows the texture.
enum DemoMark {
  /// A texel is seen well where its coverage is at least this share of the largest.
  private static let seenShare = 0.75
  /// The mark is at most this share of the texture's side.
  private static let largest = 0.16

  /// A transparent picture of the texture's size with only the mark; nil where nothing of the texture is seen.
  static func paint(on texture: RGBAImage) -> RGBAImage? {
    guard let place = roomiestPlace(in: texture) else { return nil }
    let radius = min(place.room * 0.85, largest / 2 * Double(texture.size.width))
    guard radius >= 4 else { return nil }
    var paint = RGBAImage(size: texture.size)
    let reach = Int(radius.rounded(.up)) + 1
    for y in max(0, place.y - reach)...min(texture.size.height - 1, place.y + reach) {
      for x in max(0, place.x - reach)...min(texture.size.width - 1, place.x + reach) {
        let depth = starDepth(Double(x - place.x), Double(y - place.y), radius: radius)
        guard depth > -0.5 else { continue }
        let isRim = depth < radius * 0.08
        let colour: [UInt8] = isRim ? [20, 20, 60] : [255, 150, 0]
        let index = 4 * (y * texture.size.width + x)
        for channel in 0..<3 { paint.pixels[index + channel] = colour[channel] }
        paint.pixels[index + 3] = UInt8(min(1, depth + 0.5) * 255)
      }
    }
    return paint
  }

  /// How far inside a five-pointed star around the origin a place lies, about in pixels; negative outside.
  private static func starDepth(_ x: Double, _ y: Double, radius: Double) -> Double {
    let sector = 2 * Double.pi / 5
    // The angle to the nearest point of the star; one points up.
    var angle = (atan2(x, -y)).truncatingRemainder(dividingBy: sector)
    if angle > sector / 2 { angle -= sector }
    if angle < -sector / 2 { angle += sector }
    let distance = (x * x + y * y).squareRoot()
    let (px, py) = (distance * cos(angle), distance * abs(sin(angle)))
    // The edge runs from a point (radius, 0) to a notch at half a sector.
    let notch = radius * 0.45
    let (nx, ny) = (notch * cos(sector / 2), notch * sin(sector / 2))
    let (ex, ey) = (nx - radius, ny)
    return ((px - radius) * ey - py * ex) / -(ex * ex + ey * ey).squareRoot()
  }

  /// The seen texel that is farthest from all unseen ones, and how far that is: a two-pass chamfer distance.
  private static func roomiestPlace(in texture: RGBAImage) -> (x: Int, y: Int, room: Double)? {
    let (w, h) = (texture.size.width, texture.size.height)
    guard w >= 3, h >= 3 else { return nil }
    var distance = [Double](repeating: 0, count: w * h)
    let largest = stride(from: 3, to: texture.pixels.count, by: 4).reduce(0) { max($0, texture.pixels[$1]) }
    let seen = max(1, UInt8(Double(largest) * seenShare))
    func relax(_ x: Int, _ y: Int, _ neighbours: [(Int, Int, Double)]) {
      let index = y * w + x
      guard texture.pixels[4 * index + 3] >= seen else { return }
      distance[index] = neighbours.map { distance[(y + $0.1) * w + x + $0.0] + $0.2 }.min() ?? 0
    }
    let back = [(-1, 0, 1.0), (0, -1, 1.0), (-1, -1, 2.0.squareRoot()), (1, -1, 2.0.squareRoot())]
    for y in 1..<h - 1 { for x in 1..<w - 1 { relax(x, y, back) } }
    let forth = back.map { (-$0.0, -$0.1, $0.2) }
    for y in (1..<h - 1).reversed() {
      for x in (1..<w - 1).reversed() {
        let first = distance[y * w + x]
        relax(x, y, forth)
        distance[y * w + x] = min(first, distance[y * w + x])
      }
    }
    guard let best = distance.indices.max(by: { distance[$0] < distance[$1] }), distance[best] > 0 else { return nil }
    return (best % w, best / w, distance[best])
  }
}

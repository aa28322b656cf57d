import COpenCV
import Foundation
import Media

/// What is known about an object in one frame.
public struct MaskAnchor: Sendable {
  public enum Shape: Sendable {
    /// Exactly where it is, at the clip's size.
    case mask(Mask)
    /// It lies within this rectangle, in pixels of the clip's frames.
    case box(x: Double, y: Double, width: Double, height: Double)
    /// Places on it and places off it, in pixels of the clip's frames; at least one on it.
    case points(on: [(x: Double, y: Double)], off: [(x: Double, y: Double)])
  }

  /// The name of the object's layer.
  public var layer: String
  /// The frame of the clip, counted from 0.
  public var frame: Int
  public var shape: Shape

  public init(layer: String, frame: Int, shape: Shape) {
    self.layer = layer
    self.frame = frame
    self.shape = shape
  }
}

extension MaskAnchor {
  /// - Throws: `PerceptionError` where the anchor lies outside the clip, or its mask has another size.
  func check(_ clip: Clip) throws(PerceptionError) {
    let (width, height) = (Double(clip.size.width), Double(clip.size.height))
    guard clip.frames.indices.contains(frame) else {
      throw .anchorOutside(what: "frame \(frame)", clip: "the clip has frames 0 to \(clip.frames.count - 1)")
    }
    switch shape {
    case .mask(let mask):
      guard mask.size == clip.size else {
        throw .sizeDiffers(what: "the mask of frame \(frame)", size: mask.size, expected: clip.size)
      }
    case .box(let x, let y, let boxWidth, let boxHeight):
      guard x < width, y < height, x + boxWidth > 0, y + boxHeight > 0 else {
        throw .anchorOutside(what: "a box", clip: "the frames are \(clip.size)")
      }
    case .points(let on, let off):
      for point in on + off where !(point.x >= 0 && point.y >= 0 && point.x < width && point.y < height) {
        throw .anchorOutside(what: "a point", clip: "the frames are \(clip.size)")
      }
    }
  }

  /// Half the share of a frame's longer side that an object around a point is taken to have where nothing else is known.
  private static let pointReach = 0.1
  /// The same of what a point says for sure.
  private static let pointCore = 0.012
  private static let rounds: Int32 = 4

  /// The object in the anchor's frame, at the scene's size. Where the evidence knows an object in the box, or under every
  /// point on it and no point off it, that is the object; what is left open is settled by GrabCut.
  /// - Parameters:
  ///   - evidence: how much each pixel may be an object, from saliency and motion.
  ///   - full: the size of the clip's frames.
  func map(evidence: SoftMap, in scene: MaskScene, full: PixelSize) throws -> SoftMap {
    let scale = Double(scene.size.width) / Double(full.width)
    switch shape {
    case .mask(let mask):
      return try SoftMap(mask).reduced(to: scene.size)
    case .box(let x, let y, let width, let height):
      let area = Area(x * scale, y * scale, (x + width) * scale, (y + height) * scale)
      let inside = (0..<scene.size.pixelCount).map {
        area.contains(Double($0 % scene.size.width) + 0.5, Double($0 / scene.size.width) + 0.5)
      }
      return try known(evidence, inside: inside) ?? cut(box(area, scene.size), in: scene)
    case .points(let on, let off):
      func scaled(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        points.map { ((($0.x + 0.5) * scale - 0.5), (($0.y + 0.5) * scale - 0.5)) }
      }
      let part = try parts(of: evidence, holding: scaled(on).map { Self.pixel($0, evidence.size) })
      let isOnPart = { (point: (x: Double, y: Double)) in part.values[Self.pixel(point, part.size)] != 0 }
      if scaled(on).allSatisfy(isOnPart) && !scaled(off).contains(where: isOnPart) { return SoftMap(part) }
      return try cut(points(on: scaled(on), off: scaled(off), part: part), in: scene)
    }
  }

  /// What the evidence knows of an object in a box; nil where it fills too little of it: less than a sixth, or less than
  /// a fiftieth where what it knows lies within the box as a whole (four fifths of its connected parts).
  private func known(_ evidence: SoftMap, inside: [Bool]) throws -> SoftMap? {
    let room = inside.lazy.filter { $0 }.count
    let found = inside.indices.filter { inside[$0] && evidence.values[$0] > 0.5 }
    let known = { () -> SoftMap in
      var map = SoftMap(size: evidence.size, value: 0)
      for pixel in found { map.values[pixel] = 1 }
      return map
    }
    if 6 * found.count > room { return known() }
    guard 50 * found.count > room else { return nil }
    let whole = try parts(of: evidence, holding: found).values.lazy.filter { $0 != 0 }.count
    return 5 * found.count > 4 * whole ? known() : nil
  }

  private struct Area {
    var left, top, right, bottom: Double
    init(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
    func contains(_ x: Double, _ y: Double) -> Bool { x >= left && x < right && y >= top && y < bottom }
    /// Whether the ellipse that fills the rectangle holds a place.
    func ellipseContains(_ x: Double, _ y: Double) -> Bool {
      let (dx, dy) = ((2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top))
      return dx * dx + dy * dy < 1
    }
  }

  /// Everything outside a box is outside; the object may be the ellipse that fills it.
  private func box(_ area: Area, _ size: PixelSize) -> [UInt8] {
    (0..<size.pixelCount).map { pixel in
      let (x, y) = (Double(pixel % size.width) + 0.5, Double(pixel / size.width) + 0.5)
      let label: copencv_cut =
        if area.ellipseContains(x, y) {
          COPENCV_CUT_PERHAPS_INSIDE
        } else if area.contains(x, y) {
          COPENCV_CUT_PERHAPS_OUTSIDE
        } else {
          COPENCV_CUT_OUTSIDE
        }
      return UInt8(label.rawValue)
    }
  }

  /// The connected parts of the evidence that hold one of some pixels.
  private func parts(of evidence: SoftMap, holding pixels: [Int]) throws -> Mask {
    var parts = evidence.mask(above: 0.5)
    let (size, seeds) = (parts.size, pixels.map(Int32.init))
    try openCV("find parts of a mask of \(size)") {
      copencv_keep_seeded_parts(
        &parts.values, Int32(size.width), Int32(size.height), seeds, Int32(seeds.count), $0, $1)
    }
    return parts
  }

  private static func pixel(_ point: (x: Double, y: Double), _ size: PixelSize) -> Int {
    min(size.height - 1, max(0, Int(point.y.rounded()))) * size.width
      + min(size.width - 1, max(0, Int(point.x.rounded())))
  }

  /// Around each point a small disc is certain. The object may be a part of the evidence, or a larger disc around each
  /// point that lies on no evidence.
  private func points(on: [(x: Double, y: Double)], off: [(x: Double, y: Double)], part: Mask) -> [UInt8] {
    let size = part.size
    let (core, reach) = (max(1.5, Self.pointCore * Double(size.longSide)), Self.pointReach * Double(size.longSide))
    func distance(_ pixel: Int, _ point: (x: Double, y: Double)) -> Double {
      hypot(Double(pixel % size.width) - point.x, Double(pixel / size.width) - point.y)
    }
    let alone = on.filter { part.values[Self.pixel($0, size)] == 0 }
    return (0..<size.pixelCount).map { place in
      let label: copencv_cut =
        if on.contains(where: { distance(place, $0) < core }) {
          COPENCV_CUT_INSIDE
        } else if off.contains(where: { distance(place, $0) < core }) {
          COPENCV_CUT_OUTSIDE
        } else if part.values[place] != 0 || alone.contains(where: { distance(place, $0) < reach }) {
          COPENCV_CUT_PERHAPS_INSIDE
        } else {
          COPENCV_CUT_PERHAPS_OUTSIDE
        }
      return UInt8(label.rawValue)
    }
  }

  private func cut(_ labels: [UInt8], in scene: MaskScene) throws -> SoftMap {
    let guess = labels
    var labels = labels
    let isInside = { (label: UInt8) in label & 1 == 1 }
    // One side alone leaves nothing to tell apart.
    if labels.contains(where: isInside) && labels.contains(where: { !isInside($0) }) {
      try openCV("cut an object out of a frame of \(scene.size)") {
        copencv_grab_cut(
          scene.colours[frame], Int32(scene.size.width), Int32(scene.size.height), &labels, Self.rounds, $0, $1)
      }
      // Colours that tell nothing apart let one side swallow the other.
      if 4 * labels.filter(isInside).count < guess.filter(isInside).count { labels = guess }
    }
    return SoftMap(size: scene.size, values: labels.map { isInside($0) ? 1 : 0 })
  }
}

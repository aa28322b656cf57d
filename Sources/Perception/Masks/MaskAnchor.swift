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

  /// The object in the anchor's frame, at the scene's size. A box or points are settled by GrabCut, which begins with
  /// what the evidence says inside them.
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
      return try cut(box(area, evidence: evidence, scene.size), in: scene)
    case .points(let on, let off):
      func scaled(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        points.map { ((($0.x + 0.5) * scale - 0.5), (($0.y + 0.5) * scale - 0.5)) }
      }
      return try cut(points(on: scaled(on), off: scaled(off), evidence: evidence, scene.size), in: scene)
    }
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

  /// Everything outside a box is outside. Inside, the object may be where the evidence is, or in the ellipse that fills
  /// the box where the evidence covers less than a sixth of it.
  private func box(_ area: Area, evidence: SoftMap, _ size: PixelSize) -> [UInt8] {
    let inside = (0..<size.pixelCount).filter {
      area.contains(Double($0 % size.width) + 0.5, Double($0 / size.width) + 0.5)
    }
    let supported = inside.filter { evidence.values[$0] > 0.5 }
    let believes = 6 * supported.count > inside.count
    var labels = [UInt8](repeating: UInt8(COPENCV_CUT_OUTSIDE.rawValue), count: size.pixelCount)
    for pixel in inside {
      let isLikely =
        believes
        ? evidence.values[pixel] > 0.5
        : area.ellipseContains(Double(pixel % size.width) + 0.5, Double(pixel / size.width) + 0.5)
      labels[pixel] = UInt8((isLikely ? COPENCV_CUT_PERHAPS_INSIDE : COPENCV_CUT_PERHAPS_OUTSIDE).rawValue)
    }
    return labels
  }

  /// Around each point a small disc is certain. The object may be the part of the evidence that holds a point on it, or a
  /// larger disc around each point that lies on no evidence.
  private func points(
    on: [(x: Double, y: Double)], off: [(x: Double, y: Double)], evidence: SoftMap, _ size: PixelSize
  ) throws -> [UInt8] {
    let (core, reach) = (max(1.5, Self.pointCore * Double(size.longSide)), Self.pointReach * Double(size.longSide))
    func distance(_ pixel: Int, _ point: (x: Double, y: Double)) -> Double {
      hypot(Double(pixel % size.width) - point.x, Double(pixel / size.width) - point.y)
    }
    func pixel(_ point: (x: Double, y: Double)) -> Int {
      min(size.height - 1, max(0, Int(point.y.rounded()))) * size.width
        + min(size.width - 1, max(0, Int(point.x.rounded())))
    }
    var part = evidence.mask(above: 0.5)
    let seeds = on.map(pixel).filter { part.values[$0] != 0 }
    try openCV("find the part of a mask of \(size)") {
      copencv_keep_seeded_parts(
        &part.values, Int32(size.width), Int32(size.height), seeds.map { Int32($0) }, Int32(seeds.count), $0, $1)
    }
    let alone = on.filter { evidence.values[pixel($0)] <= 0.5 }
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
    var labels = labels
    let isInside = { (label: UInt8) in label & 1 == 1 }
    // One side alone leaves nothing to tell apart.
    if labels.contains(where: isInside) && labels.contains(where: { !isInside($0) }) {
      try openCV("cut an object out of a frame of \(scene.size)") {
        copencv_grab_cut(
          scene.colours[frame], Int32(scene.size.width), Int32(scene.size.height), &labels, Self.rounds, $0, $1)
      }
    }
    return SoftMap(size: scene.size, values: labels.map { isInside($0) ? 1 : 0 })
  }
}

import Foundation
import Media
import Perception

/// What the user said about objects in single frames, as anchors of a clip.
enum MaskHints {
  /// The anchors of a clip, masks read, coordinates in pixels of the clip.
  /// - Throws: `SessionError.fileAbsent`, `.hintUnusable`, `MediaError`.
  static func anchors(_ hints: [MaskHint], for clip: Clip) throws -> [MaskAnchor] {
    var anchors: [MaskAnchor] = []
    for hint in hints {
      let frame = try self.frame(of: hint, in: clip)
      let layer = try self.layer(of: hint)
      switch hint.shape {
      case .mask(let path):
        anchors += try pictures(path, frame: frame, layer: hint.layer, for: clip)
      case .box(let x, let y, let width, let height):
        let (left, top) = scaled(x, y, clip)
        let (right, bottom) = scaled(x + width, y + height, clip)
        try require(
          left < Double(clip.size.width) && top < Double(clip.size.height) && right > 0 && bottom > 0,
          "the box \(text(x)),\(text(y)),\(text(width)),\(text(height)) lies outside the frames", clip)
        anchors.append(
          MaskAnchor(
            layer: layer, frame: frame, shape: .box(x: left, y: top, width: right - left, height: bottom - top)))
      case .point: break
      }
    }
    return anchors + (try points(hints, for: clip))
  }

  /// All points of one object in one frame are one anchor.
  private static func points(_ hints: [MaskHint], for clip: Clip) throws -> [MaskAnchor] {
    struct Key: Hashable { var layer: String, frame: Int }
    var order: [Key] = []
    var groups: [Key: (on: [(x: Double, y: Double)], off: [(x: Double, y: Double)])] = [:]
    for hint in hints {
      guard case .point(let x, let y, let isOnObject) = hint.shape else { continue }
      let place = scaled(x, y, clip)
      try require(
        place.x >= 0 && place.y >= 0 && place.x < Double(clip.size.width) && place.y < Double(clip.size.height),
        "the point \(text(x)),\(text(y)) lies outside the frames", clip)
      let key = Key(layer: try layer(of: hint), frame: try frame(of: hint, in: clip))
      if groups[key] == nil { order.append(key) }
      var group = groups[key] ?? ([], [])
      if isOnObject { group.on.append(place) } else { group.off.append(place) }
      groups[key] = group
    }
    return try order.map { key in
      let group = groups[key] ?? ([], [])
      guard !group.on.isEmpty else {
        throw SessionError.hintUnusable(
          "in frame \(key.frame + clip.sourceFrames.lowerBound) there is only a point that is not on \(key.layer); "
            + "give one that is, with --point")
      }
      return MaskAnchor(layer: key.layer, frame: key.frame, shape: .points(on: group.on, off: group.off))
    }
  }

  /// The mask in a picture, or one for each index of a palette.
  private static func pictures(_ path: String, frame: Int, layer: String?, for clip: Clip) throws -> [MaskAnchor] {
    let url = URL(fileURLWithPath: path)
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--mask", path: path) }
    let own = try ClipReader.probe(url).size
    let expected = clip.sourceSize ?? clip.size
    guard own == clip.size || own.hasShape(of: expected) || own.hasShape(of: clip.size) else {
      throw SessionError.hintUnusable(
        "the mask \(path) is \(own), but the frames are \(expected); give one of the same shape")
    }
    let objects = try MaskReader.read(url, size: clip.size, frames: 0..<1)
    guard objects.count == 1 || layer == nil else {
      throw SessionError.hintUnusable(
        "\(path) holds \(objects.count) objects, which cannot all be \(layer ?? ""); leave the name out")
    }
    return try objects.map { object in
      let mask = object.masks[0]
      guard (0.0..<1).contains(mask.coverage), mask.coverage > 0 || objects.count == 1 else {
        throw SessionError.hintUnusable(
          "the mask \(path) covers everything; make it white on the object and black elsewhere")
      }
      return MaskAnchor(layer: layer ?? object.name, frame: frame, shape: .mask(mask))
    }
  }

  private static func frame(of hint: MaskHint, in clip: Clip) throws -> Int {
    let frame = hint.frame ?? clip.sourceFrames.lowerBound
    guard clip.sourceFrames.contains(frame) else {
      throw SessionError.hintUnusable(
        "frame \(frame) is not in the clip, which has frames \(clip.sourceFrames.lowerBound) to "
          + "\(clip.sourceFrames.upperBound - 1)")
    }
    return frame - clip.sourceFrames.lowerBound
  }

  private static func layer(of hint: MaskHint) throws -> String {
    let layer = hint.layer ?? MaskReader.onlyObject
    guard layer != MaskReader.background else {
      throw SessionError.hintUnusable("\(layer) is what no object covers; give the object another name")
    }
    guard ProjectRecord.isLayerName(layer) else { throw SessionError.badLayerName(layer) }
    return layer
  }

  /// A place in pixels of the source as one in pixels of the clip.
  private static func scaled(_ x: Double, _ y: Double, _ clip: Clip) -> (x: Double, y: Double) {
    let source = clip.sourceSize ?? clip.size
    return (
      x * Double(clip.size.width) / Double(source.width), y * Double(clip.size.height) / Double(source.height)
    )
  }

  private static func require(_ holds: Bool, _ sentence: String, _ clip: Clip) throws {
    guard holds else { throw SessionError.hintUnusable("\(sentence), which are \(clip.sourceSize ?? clip.size)") }
  }

  private static func text(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}

extension PixelSize {
  /// Whether the sides have the same ratio, within the rounding of a reduced picture.
  fileprivate func hasShape(of other: PixelSize) -> Bool {
    let ratio = Double(width) * Double(other.height) / (Double(height) * Double(other.width))
    return abs(ratio - 1) < 0.03
  }
}

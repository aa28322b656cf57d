import COpenCV
import Media

/// How much each pixel of a frame belongs to the object, in [0, 1].
struct SoftMap: Sendable {
  let size: PixelSize
  var values: [Float]

  init(size: PixelSize, values: [Float]) {
    self.size = size
    self.values = values
  }

  /// One value everywhere.
  init(size: PixelSize, value: Float) {
    self.init(size: size, values: [Float](repeating: value, count: size.pixelCount))
  }

  /// 1 inside a mask, 0 outside.
  init(_ mask: Mask) {
    self.init(size: mask.size, values: mask.values.map { $0 > Mask.threshold ? 1 : 0 })
  }

  /// The map stretched bilinearly to another size.
  func resized(to target: PixelSize) throws(PerceptionError) -> SoftMap { try scaled(to: target, byArea: false) }

  /// The map brought to a smaller size by the areas that its pixels cover.
  func reduced(to target: PixelSize) throws(PerceptionError) -> SoftMap { try scaled(to: target, byArea: true) }

  private func scaled(to target: PixelSize, byArea: Bool) throws(PerceptionError) -> SoftMap {
    guard target != size else { return self }
    var values = [Float](repeating: 0, count: target.pixelCount)
    try openCV("resize a map of \(size)") {
      copencv_resize(
        self.values, Int32(size.width), Int32(size.height), 1, &values, Int32(target.width), Int32(target.height),
        byArea ? 1 : 0, $0, $1)
    }
    return SoftMap(size: target, values: values)
  }

  /// The map blurred with a Gaussian of `sigma` pixels.
  func blurred(_ sigma: Double) throws(PerceptionError) -> SoftMap {
    var values = values
    try openCV("blur a map of \(size)") {
      copencv_blur(&values, Int32(size.width), Int32(size.height), sigma, $0, $1)
    }
    return SoftMap(size: size, values: values)
  }

  /// The pixels above `threshold` as a mask.
  func mask(above threshold: Float) -> Mask {
    Mask(size: size, values: values.map { $0 > threshold ? 255 : 0 })
  }

  /// How far the mask of this map (above one half) will agree with the object, if the map's values p are the
  /// probabilities of its pixels: `sum of p inside / (pixels inside + sum of p outside)`, near the expected intersection
  /// over union; 0 for an empty mask. Values below a tenth count as none, or the wide background would outweigh the object.
  var expectedOverlap: Double {
    let (none, half): (Float, Float) = (0.1, 0.5)
    var (both, either) = (0.0, 0.0)
    for value in values where value > none {
      if value > half { both += Double(value) }
      either += value > half ? 1 : Double(value)
    }
    return either == 0 ? 0 : both / either
  }

  /// The larger of two maps' values.
  func union(_ other: SoftMap) -> SoftMap {
    SoftMap(size: size, values: zip(values, other.values).map { max($0, $1) })
  }
}

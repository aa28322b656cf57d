import CFFmpeg

/// One decoded mask image: either which object each pixel belongs to, or how much it belongs to the only one.
struct MaskPicture {
  enum Meaning {
    /// Indices of a palette, each above 0 an object.
    case labels
    /// Exact grey or colour values: the brightest channel times opacity.
    case brightness
    /// The same out of lossy compression: small values may be noise.
    case noisyBrightness
  }

  var size: PixelSize
  var meaning: Meaning
  var values: [UInt8]

  init(_ picture: Picture, _ converter: FrameConverter) throws {
    let orientation = converter.orientation(of: picture)
    size = orientation.apply(picture.size)
    if let indices = PaletteIndices(picture), !Self.isGreyscale(indices) {
      meaning = .labels
      values = orientation.apply(indices.values, size: picture.size, channels: 1)
      return
    }
    meaning = converter.isLossless(picture) ? .brightness : .noisyBrightness
    let pixels = try converter.rgba(of: picture).pixels
    values = stride(from: 0, to: pixels.count, by: 4).map { start in
      let brightest = max(pixels[start], pixels[start + 1], pixels[start + 2])
      return UInt8((Int(brightest) * Int(pixels[start + 3]) + 127) / 255)
    }
  }

  /// Where the values fulfil a condition.
  func mask(where isObject: (UInt8) -> Bool) -> Mask {
    let decided = (0...255).map { isObject(UInt8($0)) ? 255 as UInt8 : 0 }
    return Mask(size: size, values: values.map { decided[Int($0)] })
  }

  /// More colours than a labelling has, all of them grey, are a greyscale picture in disguise.
  private static func isGreyscale(_ indices: PaletteIndices) -> Bool {
    let used = Set(indices.values)
    guard used.count > MaskSequence.mostLabels else { return false }
    return used.allSatisfy { index in
      let colour = indices.colours[Int(index)]
      return colour >> 16 & 255 == colour >> 8 & 255 && colour >> 8 & 255 == colour & 255
    }
  }
}

/// The mask pictures of consecutive frames, read together: what their values mean shows only in all of them.
struct MaskSequence {
  /// More different values than this are shades of grey or noise, not objects.
  static let mostLabels = 32

  let pictures: [MaskPicture]
  /// The labels above 0 in use, in order; nil where the values are brightness.
  let labels: [UInt8]?

  init(_ pictures: [MaskPicture]) {
    self.pictures = pictures
    let used = pictures.reduce(into: Set<UInt8>()) { $0.formUnion($1.values) }.subtracting([0])
    let isDim = used.count <= Self.mostLabels && used.allSatisfy { $0 <= Mask.threshold }
    let isLabelled = pictures.allSatisfy { $0.meaning == .labels || ($0.meaning == .brightness && isDim) }
    labels = isLabelled ? used.sorted() : nil
  }

  /// The masks of one label, or of anything that is an object.
  func masks(of label: UInt8? = nil, size: PixelSize) throws -> [Mask] {
    let isObject: (UInt8) -> Bool =
      if let label {
        { $0 == label }
      } else if labels != nil {
        { $0 > 0 }
      } else {
        { $0 > Mask.threshold }
      }
    return try pictures.map { try $0.mask(where: isObject).resized(to: size) }
  }
}

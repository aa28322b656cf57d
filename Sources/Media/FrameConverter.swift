import CFFmpeg

/// Turns decoded pictures into frames: colours to full-range RGB, rotation and pixel shape applied, resized.
final class FrameConverter {
  private let container: InputContainer
  private var scaler: Scaler?

  init(_ container: InputContainer) { self.container = container }

  func orientation(of picture: Picture) -> Orientation { Orientation(picture, in: container.stream) }

  /// Whether the picture's values are those that were drawn: plain RGB, grey or a palette, not out of a JPEG.
  func isLossless(_ picture: Picture) -> Bool {
    UnpackedPicture.canRead(picture.format) && container.stream.pointee.codecpar.pointee.codec_id != AV_CODEC_ID_MJPEG
  }

  /// The size that a viewer shows: sample aspect applied to the width, then turned. Still images have square pixels:
  /// what their headers say is a print resolution.
  func displaySize(of picture: Picture) -> PixelSize {
    var size = picture.size
    if !container.isStillImage {
      let width = (Double(size.width) * container.sampleAspect(of: picture)).rounded()
      size.width = min(max(1, Int(width)), Limits.maximumSide)
    }
    return orientation(of: picture).apply(size)
  }

  /// The frame of a picture at `target`, or at the display size.
  func frame(of picture: Picture, size target: PixelSize? = nil) throws -> Frame {
    let target = target ?? displaySize(of: picture)
    let orientation = orientation(of: picture)
    if let unpacked = UnpackedPicture.read(picture) {
      let turned = orientation.apply(unpacked.rgb, size: picture.size, channels: 3)
      return try Frame(size: orientation.apply(picture.size), pixels: turned).resized(to: target)
    }
    let stored = orientation.apply(target)
    let isDeep = picture.bitDepth > 8
    let converted = try convert(picture, size: stored, format: isDeep ? Self.deepRGB : AV_PIX_FMT_RGB24)
    var pixels = [UInt16]()
    pixels.reserveCapacity(3 * stored.pixelCount)
    if isDeep {
      converted.withRows(of: UInt16.self) { _, row in
        for value in UnsafeBufferPointer(start: row, count: 3 * stored.width) { pixels.append(Self.stretch(value)) }
      }
    } else {
      converted.withRows(of: UInt8.self) { _, row in
        for value in UnsafeBufferPointer(start: row, count: 3 * stored.width) { pixels.append(UInt16(value) * 257) }
      }
    }
    return Frame(size: target, pixels: orientation.apply(pixels, size: stored, channels: 3))
  }

  /// The picture with its alpha, at its own size.
  func rgba(of picture: Picture) throws -> RGBAImage {
    let orientation = orientation(of: picture)
    var pixels = [UInt8]()
    if let unpacked = UnpackedPicture.read(picture) {
      pixels = unpacked.rgba8
    } else {
      try convert(picture, size: picture.size, format: AV_PIX_FMT_RGBA).withRows(of: UInt8.self) { _, row in
        pixels.append(contentsOf: UnsafeBufferPointer(start: row, count: 4 * picture.size.width))
      }
    }
    let size = orientation.apply(picture.size)
    return RGBAImage(size: size, pixels: orientation.apply(pixels, size: picture.size, channels: 4))
  }

  /// The picture with its alpha at its own size, up to 16 bits a channel.
  func deepRGBA(of picture: Picture) throws -> DeepImage {
    let orientation = orientation(of: picture)
    guard let unpacked = UnpackedPicture.read(picture) else {
      let image = try rgba(of: picture)
      return DeepImage(size: image.size, pixels: image.pixels.map { UInt16($0) * 257 })
    }
    return DeepImage(
      size: orientation.apply(picture.size),
      pixels: orientation.apply(unpacked.rgba16, size: picture.size, channels: 4))
  }

  private func convert(_ picture: Picture, size: PixelSize, format: AVPixelFormat) throws -> Picture {
    let (from, to) = (Scaler.Kind(picture), Scaler.Kind(size: size, format: format))
    do {
      let fitting = scaler?.from == from && scaler?.to == to ? scaler : nil
      let used = try fitting ?? Scaler(from: from, to: to)
      scaler = used
      return try used.convert(picture)
    } catch let error as Scaler.Unsupported {
      throw MediaError.unsuitable(path: container.path, detail: error.description)
    }
  }

  /// FFmpeg's conversion from YUV puts white at 255 * 256 in 16 bits; ours lies at 65535.
  private static func stretch(_ value: UInt16) -> UInt16 { UInt16(min(65535, (UInt32(value) * 257 + 128) >> 8)) }

  /// 16 bits a channel in this machine's byte order.
  private static var deepRGB: AVPixelFormat {
    Int(littleEndian: 1) == 1 ? AV_PIX_FMT_RGB48LE : AV_PIX_FMT_RGB48BE
  }
}

extension Picture {
  /// Bits of the first component; 8 where FFmpeg does not know the format.
  var bitDepth: Int { Int(av_pix_fmt_desc_get(format)?.pointee.comp.0.depth ?? 8) }
}

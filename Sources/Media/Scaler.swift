import CFFmpeg

/// Converts pictures from one size, format and colour coding to another; keeps FFmpeg's tables between pictures.
final class Scaler {
  /// One side of a conversion.
  struct Kind: Equatable {
    var size: PixelSize
    var format: AVPixelFormat
    var coding: ColourCoding

    /// A picture as it is tagged.
    init(_ picture: Picture) {
      self.init(size: picture.size, format: picture.format, coding: ColourCoding(picture))
    }

    init(size: PixelSize, format: AVPixelFormat, coding: ColourCoding = .rgb) {
      self.size = size
      self.format = format
      self.coding = coding
    }

    fileprivate var c: CFFmpegPictureKind {
      CFFmpegPictureKind(
        width: Int32(size.width), height: Int32(size.height), format: format, full_range: coding.isFullRange ? 1 : 0,
        matrix: coding.matrix, chroma_x: coding.chromaX, chroma_y: coding.chromaY)
    }
  }

  /// FFmpeg has no conversion between these formats.
  struct Unsupported: Error, CustomStringConvertible {
    var from: AVPixelFormat
    var description: String {
      "its pixel format \(av_get_pix_fmt_name(from).map { String(cString: $0) } ?? "\(from.rawValue)") is not supported"
    }
  }

  let from: Kind
  let to: Kind
  private let context: UnsafeMutableRawPointer

  /// Bilinear (averaging where it shrinks), chroma interpolated at full resolution, the same result on every machine.
  private static let flags =
    SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_ACCURATE_RND | SWS_BITEXACT

  init(from: Kind, to: Kind) throws {
    _ = FFmpeg.silence
    self.from = from
    self.to = to
    var (source, target) = (from.c, to.c)
    guard sws_isSupportedInput(from.format) > 0, let made = cffmpeg_scaler_create(&source, &target, Int32(Self.flags))
    else { throw Unsupported(from: from.format) }
    context = made
  }

  deinit { cffmpeg_scaler_free(context) }

  /// A new picture of the kind `to`.
  func convert(_ picture: Picture) throws -> Picture {
    let result = try Picture(size: to.size, format: to.format)
    guard cffmpeg_scaler_run(context, picture.av, result.av) > 0 else { throw Unsupported(from: from.format) }
    return result
  }
}

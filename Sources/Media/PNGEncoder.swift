import CFFmpeg
import Foundation

/// Encodes pictures as PNG through FFmpeg. One encoder serves any number of pictures of one size and format.
final class PNGEncoder {
  /// What the values are.
  enum Format {
    /// One byte a pixel.
    case grey8
    /// Three bytes.
    case rgb8
    /// Four bytes, straight alpha.
    case rgba8
    /// Three values of two bytes, the more significant first.
    case rgb16BigEndian
    /// Four such values, straight alpha.
    case rgba16BigEndian

    var av: AVPixelFormat {
      switch self {
      case .grey8: AV_PIX_FMT_GRAY8
      case .rgb8: AV_PIX_FMT_RGB24
      case .rgba8: AV_PIX_FMT_RGBA
      case .rgb16BigEndian: AV_PIX_FMT_RGB48BE
      case .rgba16BigEndian: AV_PIX_FMT_RGBA64BE
      }
    }

    var bytesPerPixel: Int {
      switch self {
      case .grey8: 1
      case .rgb8: 3
      case .rgba8: 4
      case .rgb16BigEndian: 6
      case .rgba16BigEndian: 8
      }
    }
  }

  private let size: PixelSize
  private let format: Format
  private let codec: CodecContext
  private let packet: Packet

  init(size: PixelSize, format: Format) throws {
    _ = FFmpeg.silence
    guard Limits.accepts(size) else { throw MediaError.badSize(size) }
    guard let encoder = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
      throw EncodingFailed(detail: "FFmpeg has no PNG encoder")
    }
    self.size = size
    self.format = format
    codec = try CodecContext(encoder)
    packet = try Packet()
    codec.av.pointee.width = Int32(size.width)
    codec.av.pointee.height = Int32(size.height)
    codec.av.pointee.pix_fmt = format.av
    codec.av.pointee.time_base = AVRational(num: 1, den: 25)
    codec.av.pointee.thread_count = 1
    let code = avcodec_open2(codec.av, encoder, nil)
    guard code >= 0 else { throw EncodingFailed(detail: FFmpeg.message(code)) }
  }

  /// A whole PNG file of `bytes`, row by row from the top left.
  /// - Precondition: as many bytes as size and format say.
  func encode(_ bytes: [UInt8]) throws -> Data {
    let rowBytes = size.width * format.bytesPerPixel
    precondition(bytes.count == rowBytes * size.height)
    let picture = try Picture(size: size, format: format.av)
    bytes.withUnsafeBufferPointer { source in
      picture.withRows(of: UInt8.self) { y, row in
        row.update(from: source.baseAddress! + y * rowBytes, count: rowBytes)
      }
    }
    var code = avcodec_send_frame(codec.av, picture.av)
    if code >= 0 { code = avcodec_receive_packet(codec.av, packet.av) }
    guard code >= 0 else { throw EncodingFailed(detail: FFmpeg.message(code)) }
    defer { av_packet_unref(packet.av) }
    return Data(bytes: packet.av.pointee.data, count: Int(packet.av.pointee.size))
  }
}

/// An encoder refused; the writer that knows the path turns it into `MediaError.cannotWrite`.
struct EncodingFailed: Error {
  var detail: String
}

import CFFmpeg

/// The process-wide side of FFmpeg: silence, and its error codes as words.
enum FFmpeg {
  /// Keeps FFmpeg from writing to standard error. Every wrapper refers to it before its first call.
  static let silence: Void = av_log_set_level(AV_LOG_QUIET)

  /// FFmpeg's sentence for one of its error codes.
  static func message(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    av_strerror(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// An `AVFrame` that is freed with its owner.
final class Picture {
  let av: UnsafeMutablePointer<AVFrame>

  /// An empty frame for a decoder to fill.
  init() throws {
    guard let frame = av_frame_alloc() else { throw OutOfMemory() }
    av = frame
  }

  /// A frame with buffers of its own.
  convenience init(size: PixelSize, format: AVPixelFormat) throws {
    try self.init()
    av.pointee.width = Int32(size.width)
    av.pointee.height = Int32(size.height)
    av.pointee.format = format.rawValue
    guard av_frame_get_buffer(av, 0) >= 0 else { throw OutOfMemory() }
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = av
    av_frame_free(&frame)
  }

  var size: PixelSize { PixelSize(width: Int(av.pointee.width), height: Int(av.pointee.height)) }
  var format: AVPixelFormat { AVPixelFormat(rawValue: av.pointee.format) }
  var rowBytes: Int { Int(av.pointee.linesize.0) }

  /// The first plane, row after row with `rowBytes` between their starts.
  var firstPlane: UnsafeMutablePointer<UInt8>? { av.pointee.data.0 }
}

/// An `AVPacket` that is freed with its owner.
final class Packet {
  let av: UnsafeMutablePointer<AVPacket>

  init() throws {
    guard let packet = av_packet_alloc() else { throw OutOfMemory() }
    av = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = av
    av_packet_free(&packet)
  }
}

/// An `AVCodecContext` that is freed with its owner.
final class CodecContext {
  let av: UnsafeMutablePointer<AVCodecContext>

  init(_ codec: UnsafePointer<AVCodec>) throws {
    guard let context = avcodec_alloc_context3(codec) else { throw OutOfMemory() }
    av = context
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = av
    avcodec_free_context(&context)
  }
}

/// FFmpeg could not allocate.
struct OutOfMemory: Error, CustomStringConvertible {
  var description: String { "memory is exhausted" }
}

extension Picture {
  /// Calls `body` with each row of the first plane in turn.
  func withRows<Value>(of type: Value.Type, _ body: (_ y: Int, _ row: UnsafeMutablePointer<Value>) -> Void) {
    guard let start = firstPlane else { return }
    for y in 0..<size.height {
      let row = UnsafeMutableRawPointer(start + y * rowBytes)
      body(y, row.assumingMemoryBound(to: Value.self))
    }
  }
}

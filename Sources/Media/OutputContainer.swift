import CFFmpeg
import Foundation

/// A media file being written, with one video stream.
final class OutputContainer {
  private var context: UnsafeMutablePointer<AVFormatContext>?

  /// - Parameters:
  ///   - url: the file to create; its extension chooses the container.
  ///   - destination: the name for messages.
  init(_ url: URL, destination: URL) throws {
    var code = avformat_alloc_output_context2(&context, nil, nil, "file:" + url.path)
    if code >= 0, let context { code = avio_open(&context.pointee.pb, "file:" + url.path, AVIO_FLAG_WRITE) }
    guard code >= 0 else { throw MediaError.cannotWrite(path: destination.path, detail: FFmpeg.message(code)) }
  }

  deinit { close() }

  var wantsGlobalHeader: Bool {
    context.map { $0.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 } ?? false
  }

  /// Adds the stream of an opened encoder and writes the header; the index goes to the front of MP4 files, so that
  /// they play while they load.
  func start(_ codec: CodecContext, metadata: [String: String] = [:]) -> Int32 {
    guard let stream = avformat_new_stream(context, nil) else { return cffmpeg_error_no_memory }
    let code = avcodec_parameters_from_context(stream.pointee.codecpar, codec.av)
    guard code >= 0 else { return code }
    stream.pointee.time_base = codec.av.pointee.time_base
    stream.pointee.avg_frame_rate = codec.av.pointee.framerate
    stream.pointee.sample_aspect_ratio = codec.av.pointee.sample_aspect_ratio
    for (key, value) in metadata { av_dict_set(&stream.pointee.metadata, key, value, 0) }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "movflags", "+faststart", 0)
    return avformat_write_header(context, &options)
  }

  func write(_ packet: Packet, timeBase: AVRational) -> Int32 {
    guard let stream = context?.pointee.streams[0] else { return cffmpeg_error_eof }
    packet.av.pointee.stream_index = 0
    av_packet_rescale_ts(packet.av, timeBase, stream.pointee.time_base)
    return av_interleaved_write_frame(context, packet.av)
  }

  /// Writes what is left, and reports errors that were delayed by buffers (a full disk).
  func finish() -> Int32 {
    guard let context else { return 0 }
    let trailer = av_write_trailer(context)
    avio_flush(context.pointee.pb)
    let delayed = context.pointee.pb.pointee.error
    let closed = avio_closep(&context.pointee.pb)
    return min(trailer, delayed, closed)
  }

  func close() {
    guard let context else { return }
    avio_closep(&context.pointee.pb)
    avformat_free_context(context)
    self.context = nil
  }
}

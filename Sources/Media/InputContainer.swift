import CFFmpeg
import Foundation

/// An opened media file: its demuxer and its video stream.
final class InputContainer {
  let path: String
  /// Whether the file is a single still image (PNG, JPEG, ...), not a video.
  private(set) var isStillImage = false
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var file: UnsafeMutablePointer<AVIOContext>?
  private var streamIndex: Int32 = -1

  /// Opens a regular file by its content; only where that is not recognised, the name's extension helps.
  /// Only this one file is read: no playlist, pattern or network address is followed.
  init(_ url: URL) throws {
    _ = FFmpeg.silence
    path = url.path
    try InputFile.check(url)
    guard open(named: "") >= 0 || open(named: "file:" + path) >= 0, let context, let format = context.pointee.iformat
    else {
      throw MediaError.unreadable(
        path: path, detail: "its content is not a video or image that FFmpeg knows, or damaged")
    }
    let name = String(cString: format.pointee.name)
    isStillImage = name.hasSuffix("_pipe") || name == "image2"
    if !isStillImage { try readStreamInfo(context) }
    streamIndex = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    guard streamIndex >= 0, stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else {
      throw MediaError.noVideo(path: path)
    }
    let coded = stream.pointee.codecpar.pointee
    let size = PixelSize(width: Int(coded.width), height: Int(coded.height))
    guard size.width == 0 || size.height == 0 || Limits.accepts(size) else {
      throw MediaError.tooLarge(path: path, size: size)
    }
    for index in 0..<Int(context.pointee.nb_streams) where index != Int(streamIndex) {
      context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
    }
  }

  deinit {
    avformat_close_input(&context)
    avio_closep(&file)
  }

  /// The video stream; valid as long as this object lives.
  var stream: UnsafeMutablePointer<AVStream> { context!.pointee.streams[Int(streamIndex)]! }

  /// The next packet of the video stream.
  /// - Returns: zero, `cffmpeg_error_eof`, or the error of the demuxer.
  func read(into packet: Packet) -> Int32 {
    while true {
      av_packet_unref(packet.av)
      let code = av_read_frame(context, packet.av)
      if code < 0 || packet.av.pointee.stream_index == streamIndex { return code }
    }
  }

  /// The ratio of width to height of the pixels of `picture`, 1 where the file does not say.
  func sampleAspect(of picture: Picture) -> Double {
    let ratio = av_guess_sample_aspect_ratio(context, stream, picture.av)
    guard ratio.num > 0, ratio.den > 0 else { return 1 }
    return Double(ratio.num) / Double(ratio.den)
  }

  private func open(named name: String) -> Int32 {
    let code = avio_open2(&file, "file:" + path, AVIO_FLAG_READ, nil, nil)
    guard code >= 0 else { return code }
    context = avformat_alloc_context()
    context?.pointee.pb = file
    var options: OpaquePointer?
    av_dict_set(&options, "protocol_whitelist", "file", 0)
    av_dict_set(&options, "pattern_type", "none", 0)
    let opened = avformat_open_input(&context, name, nil, &options)
    av_dict_free(&options)
    if opened < 0 { avio_closep(&file) }
    return opened
  }

  /// Lets the demuxer look into the packets, with the limit on the picture size that holds for decoding too.
  private func readStreamInfo(_ context: UnsafeMutablePointer<AVFormatContext>) throws {
    let count = Int(context.pointee.nb_streams)
    var options = [OpaquePointer?](repeating: nil, count: max(1, count))
    for index in options.indices { av_dict_set_int(&options[index], "max_pixels", Int64(Limits.maximumPixels), 0) }
    let code = avformat_find_stream_info(context, &options)
    for index in options.indices { av_dict_free(&options[index]) }
    guard code >= 0 else { throw MediaError.unreadable(path: path, detail: FFmpeg.message(code)) }
  }
}

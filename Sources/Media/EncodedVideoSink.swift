import CFFmpeg
import Foundation

/// Encodes pictures into a hidden file beside the destination, then renames it.
final class EncodedVideoSink: FrameSink {
  private let destination: URL
  private let temporary: URL
  private let coding: VideoCoding
  private let size: PixelSize
  private let output: OutputContainer
  private let codec: CodecContext
  private let packet: Packet
  private let scaler: Scaler?
  private var count: Int64 = 0

  init(_ url: URL, size: PixelSize, frameRate: FrameRate, coding: VideoCoding) throws {
    _ = FFmpeg.silence
    guard coding.extensions.contains(url.pathExtension.lowercased()) else {
      let endings = coding.extensions.map { ".\($0)" }.joined(separator: ", ")
      throw MediaError.cannotWrite(
        path: url.path, detail: "end its name with \(endings) for a video, or with / for a folder of PNG files")
    }
    guard (1...1_000_000_000).contains(frameRate.numerator), (1...1_000_000_000).contains(frameRate.denominator) else {
      throw MediaError.cannotWrite(
        path: url.path, detail: "\(frameRate.numerator)/\(frameRate.denominator) is no frame rate")
    }
    guard let encoder = avcodec_find_encoder_by_name(coding.encoder) else {
      throw MediaError.cannotWrite(path: url.path, detail: "this FFmpeg has no encoder \(coding.encoder)")
    }
    destination = url
    temporary = try AtomicFile.temporary(for: url)
    self.coding = coding
    self.size = size
    codec = try CodecContext(encoder)
    packet = try Packet()
    scaler =
      coding.input == coding.coded
      ? nil
      : try Scaler(
        from: Scaler.Kind(size: size, format: coding.input),
        to: Scaler.Kind(size: size, format: coding.coded, coding: coding.isYUV ? .video : .rgb))
    output = try OutputContainer(temporary, destination: url)
    configure(frameRate)
    if output.wantsGlobalHeader { codec.av.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    var options: OpaquePointer?
    for (key, value) in coding.options { av_dict_set(&options, key, value, 0) }
    defer { av_dict_free(&options) }
    try check(avcodec_open2(codec.av, encoder, &options))
    try check(output.start(codec, metadata: coding.metadata))
  }

  private func configure(_ frameRate: FrameRate) {
    let context = codec.av
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = coding.coded
    context.pointee.time_base = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    context.pointee.framerate = AVRational(num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
    context.pointee.colorspace = coding.isYUV ? AVCOL_SPC_BT709 : AVCOL_SPC_RGB
    context.pointee.color_range = coding.isYUV ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG
    context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
  }

  /// Some encoders take the tags of the stream, some those of each picture.
  private func tag(_ picture: UnsafeMutablePointer<AVFrame>) {
    picture.pointee.color_primaries = codec.av.pointee.color_primaries
    picture.pointee.color_trc = codec.av.pointee.color_trc
    picture.pointee.colorspace = codec.av.pointee.colorspace
    picture.pointee.color_range = codec.av.pointee.color_range
    picture.pointee.chroma_location = codec.av.pointee.chroma_sample_location
  }

  deinit { cancel() }

  func append(_ pixels: [UInt8]) throws {
    let picture = try Picture(size: size, format: coding.input)
    let rowBytes = pixels.count / size.height
    pixels.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      picture.withRows(of: UInt8.self) { y, row in row.update(from: start + y * rowBytes, count: rowBytes) }
    }
    let coded = try scaler?.convert(picture) ?? picture
    tag(coded.av)
    coded.av.pointee.pts = count
    count += 1
    try check(avcodec_send_frame(codec.av, coded.av))
    try drain()
  }

  func finish() throws {
    guard count > 0 else { throw MediaError.cannotWrite(path: destination.path, detail: "it would have no frame") }
    try check(avcodec_send_frame(codec.av, nil))
    try drain()
    try check(output.finish())
    try AtomicFile.move(temporary, to: destination)
  }

  func cancel() {
    output.close()
    try? FileManager.default.removeItem(at: temporary)
  }

  /// Moves finished packets into the file.
  private func drain() throws {
    while true {
      let code = avcodec_receive_packet(codec.av, packet.av)
      if code == cffmpeg_error_again || code == cffmpeg_error_eof { return }
      try check(code)
      if packet.av.pointee.duration == 0 { packet.av.pointee.duration = 1 }
      try check(output.write(packet, timeBase: codec.av.pointee.time_base))
    }
  }

  private func check(_ code: Int32) throws {
    if code < 0 { throw MediaError.cannotWrite(path: destination.path, detail: FFmpeg.message(code)) }
  }
}

import CFFmpeg
import Foundation

/// Encodes frames with x264 into a hidden file beside the destination, then renames it.
final class H264Sink: FrameSink {
  private let destination: URL
  private let temporary: URL
  private let output: OutputContainer
  private let codec: CodecContext
  private let packet: Packet
  private let rgbSize: PixelSize
  private let scaler: Scaler?
  private var count: Int64 = 0

  /// Constant rate factor of the lossy kind: below 18 losses are invisible; edits are re-encoded once more later.
  private static let rateFactor = 14

  init(_ url: URL, size: PixelSize, frameRate: FrameRate, isLossless: Bool) throws {
    _ = FFmpeg.silence
    guard ["mp4", "m4v", "mov", "mkv"].contains(url.pathExtension.lowercased()) else {
      throw MediaError.cannotWrite(
        path: url.path, detail: "end its name with .mp4, .mov or .mkv for a video, or with / for a folder of PNG files")
    }
    guard (1...1_000_000_000).contains(frameRate.numerator), (1...1_000_000_000).contains(frameRate.denominator) else {
      throw MediaError.cannotWrite(
        path: url.path, detail: "\(frameRate.numerator)/\(frameRate.denominator) is no frame rate")
    }
    let encoderName = isLossless ? "libx264rgb" : "libx264"
    guard let encoder = avcodec_find_encoder_by_name(encoderName) else {
      throw MediaError.cannotWrite(path: url.path, detail: "this FFmpeg has no encoder \(encoderName)")
    }
    destination = url
    temporary = try AtomicFile.temporary(for: url)
    rgbSize = size
    codec = try CodecContext(encoder)
    packet = try Packet()
    if isLossless {
      scaler = nil
    } else {
      let isEven = size.width % 2 == 0 && size.height % 2 == 0
      scaler = try Scaler(
        from: Scaler.Kind(size: size, format: AV_PIX_FMT_RGB24),
        to: Scaler.Kind(size: size, format: isEven ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV444P, coding: .video))
    }
    output = try OutputContainer(temporary, destination: url)
    configure(size: size, frameRate: frameRate, format: scaler?.to.format ?? AV_PIX_FMT_RGB24)
    if output.wantsGlobalHeader { codec.av.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    var options: OpaquePointer?
    av_dict_set(&options, isLossless ? "qp" : "crf", isLossless ? "0" : "\(Self.rateFactor)", 0)
    defer { av_dict_free(&options) }
    try check(avcodec_open2(codec.av, encoder, &options))
    try check(output.start(codec))
  }

  private func configure(size: PixelSize, frameRate: FrameRate, format: AVPixelFormat) {
    let context = codec.av
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = format
    context.pointee.time_base = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    context.pointee.framerate = AVRational(num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
    context.pointee.colorspace = scaler == nil ? AVCOL_SPC_RGB : AVCOL_SPC_BT709
    context.pointee.color_range = scaler == nil ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
  }

  deinit { cancel() }

  func append(_ rgb: [UInt8]) throws {
    let picture = try Picture(size: rgbSize, format: AV_PIX_FMT_RGB24)
    let rowBytes = 3 * rgbSize.width
    rgb.withUnsafeBufferPointer { source in
      picture.withRows(of: UInt8.self) { y, row in
        for x in 0..<rowBytes { row[x] = source[y * rowBytes + x] }
      }
    }
    let coded = try scaler?.convert(picture) ?? picture
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

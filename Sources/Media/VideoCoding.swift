import CFFmpeg

/// How pictures become a stream of one codec: the encoder with its options, what it takes, and what its values mean.
struct VideoCoding {
  /// FFmpeg's name of the encoder.
  var encoder: String
  var options: [String: String] = [:]
  /// Of the pictures that are handed over.
  var input: AVPixelFormat
  /// Of the pictures that the encoder takes; converted where it differs.
  var coded: AVPixelFormat
  /// File endings whose containers hold such a stream.
  var extensions: [String]
  /// Of the stream, where the container needs to be told.
  var metadata: [String: String] = [:]

  var isYUV: Bool {
    guard let format = av_pix_fmt_desc_get(coded)?.pointee else { return false }
    return format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0
  }

  static let films = ["mp4", "m4v", "mov", "mkv"]

  /// Constant rate factor 14: below 18 losses are invisible; edits are re-encoded once more later. Sides that are odd,
  /// which 4:2:0 cannot hold, are coded as 4:4:4.
  static func h264(_ size: PixelSize) -> VideoCoding {
    let isEven = size.width % 2 == 0 && size.height % 2 == 0
    return VideoCoding(
      encoder: "libx264", options: ["crf": "14"], input: AV_PIX_FMT_RGB24,
      coded: isEven ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV444P, extensions: films)
  }

  static let h264Lossless = VideoCoding(
    encoder: "libx264rgb", options: ["qp": "0"], input: AV_PIX_FMT_RGB24, coded: AV_PIX_FMT_RGB24, extensions: films)

  /// 10 bits a channel, alpha 16 bits in the stream.
  static let proRes4444 = VideoCoding(
    encoder: "prores_ks", options: ["profile": "4444", "alpha_bits": "16", "vendor": "apl0"],
    input: AV_PIX_FMT_RGBA64LE, coded: AV_PIX_FMT_YUVA444P10LE, extensions: ["mov"])

  static let ffv1 = VideoCoding(
    encoder: "ffv1", options: ["level": "3", "g": "1", "slicecrc": "1"], input: AV_PIX_FMT_RGBA, coded: AV_PIX_FMT_BGRA,
    extensions: ["mkv"])

  static let ffv1Deep = VideoCoding(
    encoder: "ffv1", options: ["level": "3", "g": "1", "slicecrc": "1"], input: AV_PIX_FMT_RGBA64LE,
    coded: AV_PIX_FMT_RGBA64LE, extensions: ["mkv"])

  /// Alternate reference frames exclude alpha in this encoder.
  static let vp9 = VideoCoding(
    encoder: "libvpx-vp9",
    options: ["crf": "14", "b": "0", "auto-alt-ref": "0", "cpu-used": "4", "row-mt": "1"],
    input: AV_PIX_FMT_RGBA, coded: AV_PIX_FMT_YUVA420P, extensions: ["webm"], metadata: ["alpha_mode": "1"])
}

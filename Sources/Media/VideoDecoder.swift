import CFFmpeg
import Foundation

/// Decodes the video stream of one file (a still image is a video of one frame), picture after picture in the order
/// of presentation, one for each coded frame whatever the time stamps say.
final class VideoDecoder {
  let container: InputContainer
  private let codec: CodecContext
  private let packet: Packet
  private let picture: Picture
  /// Why packets were lost, where some were: the file is truncated or damaged.
  private(set) var damage: String?
  /// How many pictures were decoded so far.
  private(set) var decodedCount = 0

  /// - Parameter holdsData: whether values are no light (masks, flow); otherwise OpenEXR's linear light becomes what is
  ///   shown, as frames and paint have it.
  init(_ url: URL, holdsData: Bool = false) throws {
    container = try InputContainer(url)
    let parameters = container.stream.pointee.codecpar
    guard let decoder = avcodec_find_decoder(parameters!.pointee.codec_id) else {
      let name = String(cString: avcodec_get_name(parameters!.pointee.codec_id))
      throw MediaError.unreadable(path: container.path, detail: "this FFmpeg has no decoder for \(name)")
    }
    codec = try CodecContext(decoder)
    packet = try Packet()
    picture = try Picture()
    avcodec_parameters_to_context(codec.av, parameters)
    codec.av.pointee.pkt_timebase = container.stream.pointee.time_base
    codec.av.pointee.max_pixels = Int64(Limits.maximumPixels)
    codec.av.pointee.thread_count = container.isStillImage ? 1 : 0
    // A still image is whole or unusable; in a video a damaged frame is concealed, as every player does.
    if container.isStillImage && decoder.pointee.id == AV_CODEC_ID_PNG {
      codec.av.pointee.err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK
    }
    if container.isStillImage && decoder.pointee.id == AV_CODEC_ID_MJPEG {
      guard JPEGCheck.isComplete(try InputFile.contents(of: url)) else {
        throw MediaError.unreadable(path: container.path, detail: "the JPEG ends early; it is truncated")
      }
    }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    if decoder.pointee.id == AV_CODEC_ID_EXR && !holdsData { av_dict_set(&options, "apply_trc", "iec61966_2_1", 0) }
    let code = avcodec_open2(codec.av, decoder, &options)
    guard code >= 0 else { throw MediaError.unreadable(path: container.path, detail: FFmpeg.message(code)) }
  }

  /// How many frames the container announces, where it does.
  var announcedCount: Int? {
    let count = Int(container.stream.pointee.nb_frames)
    return count > 0 ? count : nil
  }

  /// The next picture, which stays valid until the next call, or nil at the end.
  func next() throws -> Picture? {
    var failures = 0
    while failures < 1000 {
      let code = avcodec_receive_frame(codec.av, picture.av)
      switch code {
      case 0...:
        guard Limits.accepts(picture.size) else {
          throw MediaError.tooLarge(path: container.path, size: picture.size)
        }
        decodedCount += 1
        return picture
      case cffmpeg_error_eof:
        return nil
      case cffmpeg_error_again:
        feed()
      default:
        try note(code)
        failures += 1
      }
    }
    return nil
  }

  /// Hands the decoder one more packet, or the end of the stream.
  private func feed() {
    let code = container.read(into: packet)
    if code < 0 {
      if code != cffmpeg_error_eof { damage = FFmpeg.message(code) }
      avcodec_send_packet(codec.av, nil)
    } else if packet.av.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 {
      damage = "a packet is incomplete"
    } else {
      let sent = avcodec_send_packet(codec.av, packet.av)
      if sent < 0 { damage = FFmpeg.message(sent) }
    }
  }

  private func note(_ code: Int32) throws {
    damage = FFmpeg.message(code)
    if code == cffmpeg_error_no_memory {
      throw MediaError.unreadable(path: container.path, detail: "memory is exhausted")
    }
  }
}

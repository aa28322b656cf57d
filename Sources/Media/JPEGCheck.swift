import Foundation

/// Whether a JPEG is whole. FFmpeg fills what is missing with grey and says nothing; asked to be strict, it refuses
/// whole photographs for peculiar metadata too.
enum JPEGCheck {
  /// An end marker follows the last start of a scan. Inside a scan neither can occur by chance.
  static func isComplete(_ data: Data) -> Bool {
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      var index = bytes.count - 1
      var hasEnd = false
      while index > 0 {
        if bytes[index - 1] == 0xff {
          if bytes[index] == 0xda { return hasEnd }
          if bytes[index] == 0xd9 { hasEnd = true }
        }
        index -= 1
      }
      return false
    }
  }
}

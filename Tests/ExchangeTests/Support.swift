import Foundation
import Media

/// A folder that goes with its value.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-exchange-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// The names in the folder, in order.
  var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// Runs Python programs: readers and writers that this project did not write.
enum Python {
  static let isThere = (try? run("print(1)", [])) == "1\n"

  struct Failed: Error { var errors: String }

  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(errors: complaint) }
    return text
  }
}

/// A picture whose every pixel tells its place.
func pattern(_ size: PixelSize, seed: Int = 0) -> RGBAImage {
  var image = RGBAImage(size: size)
  for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: index &* 37 &+ seed &* 11) }
  return image
}

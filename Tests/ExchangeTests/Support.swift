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

/// Programs that this project did not write.
enum Program {
  struct Failed: Error { var errors: String }

  static func isThere(_ name: String) -> Bool { (try? run("which", [name])) != nil }

  static func run(_ name: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(errors: complaint) }
    return data
  }
}

/// Runs Python programs: readers and writers that this project did not write.
enum Python {
  static let isThere = Program.isThere("python3")

  static func run(_ program: String, _ arguments: [String]) throws -> String {
    String(decoding: try Program.run("python3", ["-c", program] + arguments), as: UTF8.self)
  }
}

/// A picture whose every pixel tells its place.
func pattern(_ size: PixelSize, seed: Int = 0) -> RGBAImage {
  var image = RGBAImage(size: size)
  for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: index &* 37 &+ seed &* 11) }
  return image
}

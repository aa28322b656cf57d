import Foundation
import Inference
import Testing
import Weights

/// Files beside the tests.
enum Fixtures {
  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
  }
}

/// Data that is not part of the package: the folder named by HYPERNVD_DATA, by default `../shared`.
enum OutsideData {
  static let videoMAE: URL = {
    let named = ProcessInfo.processInfo.environment["HYPERNVD_DATA"] ?? "../shared"
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return URL(fileURLWithPath: named, relativeTo: package).appendingPathComponent("weights/videomae-tiny-fixture")
  }()
  static let isPresent = FileManager.default.fileExists(atPath: videoMAE.path)

  /// The values of a `.npy` file of 32-bit floats.
  static func values(_ name: String) throws -> [Float] {
    let data = try Data(contentsOf: videoMAE.appendingPathComponent("\(name).npy"))
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    return data.dropFirst(start).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}

/// A folder that is removed afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

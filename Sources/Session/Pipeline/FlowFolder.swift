import Foundation
import Media

/// Flow as files that other programs read: `forward_00000.flo` leads from the clip's frame 0 to frame 1,
/// `backward_00000.flo` from frame 1 to frame 0, and so on.
public struct FlowFolder: Sendable {
  /// The formats of flow files.
  public enum Format: String, CaseIterable, Sendable {
    /// Middlebury.
    case flo
    /// KITTI, 16-bit PNG: 1/64 pixel, up to 512 pixels.
    case kitti
    /// NumPy, float32, shape (height, width, 2).
    case npy

    var fileExtension: String { self == .kitti ? "png" : rawValue }
  }

  public let folder: URL

  public init(_ folder: URL) {
    self.folder = folder
  }

  /// The flow of a clip with this many frames of this size.
  /// - Throws: `SessionError.fileAbsent`, `.flowSize`, `MediaError`.
  func read(frames: Int, size: PixelSize) throws -> [FlowPair] {
    try (0..<frames - 1).map { index in
      FlowPair(forward: try field("forward", index, size), backward: try field("backward", index, size))
    }
  }

  /// Writes the flow of a clip.
  func write(_ pairs: [FlowPair], format: Format) throws {
    try FileAccess.makeFolder(folder)
    for (index, pair) in pairs.enumerated() {
      for (name, field) in [("forward", pair.forward), ("backward", pair.backward)] {
        let url = folder.appendingPathComponent(FlowFolder.stem(name, index) + "." + format.fileExtension)
        try FlowFile.write(field, to: url)
      }
    }
  }

  private func field(_ direction: String, _ index: Int, _ size: PixelSize) throws -> FlowField {
    let stem = folder.appendingPathComponent(FlowFolder.stem(direction, index))
    let candidates = Format.allCases.map { stem.appendingPathExtension($0.fileExtension) }
    guard let url = candidates.first(where: FileAccess.exists) else {
      throw SessionError.fileAbsent(option: "--flow", path: candidates[0].path)
    }
    let field = try FlowFile.read(url)
    guard field.size == size else {
      throw SessionError.flowSize(path: url.path, found: field.size, expected: size)
    }
    return field
  }

  private static func stem(_ direction: String, _ index: Int) -> String {
    direction + "_" + String(format: "%05d", index)
  }
}

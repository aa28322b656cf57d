import Foundation
import Media
import Perception

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
    let fields = try measured(frames: frames, size: size).map(\.flow)
    return (0..<frames - 1).map { FlowPair(forward: fields[2 * $0], backward: fields[2 * $0 + 1]) }
  }

  /// The flow of a clip and where it is known: for each pair of frames the forward, then the backward field.
  /// - Throws: as `read`.
  func measured(frames: Int, size: PixelSize) throws -> [MeasuredFlow] {
    try (0..<frames - 1).flatMap { index in
      try ["forward", "backward"].map { try FlowFolder.measured(file($0, index), size: size) }
    }
  }

  /// The flow of one file.
  static func measured(_ url: URL, size: PixelSize) throws -> MeasuredFlow {
    let measured = try FlowFile.readMeasured(url)
    guard measured.flow.size == size else {
      throw SessionError.flowSize(path: url.path, found: measured.flow.size, expected: size)
    }
    return measured
  }

  /// Writes the flow of a clip. The files appear together, once all are written.
  /// - Parameter shouldStop: asked before every file.
  /// - Throws: `SessionError.interrupted`, `.unwritable`, `MediaError`; earlier files of the same names then stay.
  func write(_ pairs: [FlowPair], format: Format, shouldStop: () -> Bool = { false }) throws {
    try FileAccess.makeFolder(folder)
    let fields = pairs.flatMap { [$0.forward, $0.backward] }
    let stems = pairs.indices.flatMap { [FlowFolder.stem("forward", $0), FlowFolder.stem("backward", $0)] }
    try PendingFiles(names: stems.map { $0 + "." + format.fileExtension }, in: folder).write { index, url in
      if shouldStop() { throw SessionError.interrupted }
      try FlowFile.write(fields[index], to: url)
    }
    // Files of formats that are looked for before this one would be read in their place.
    for stem in stems {
      for other in Format.allCases.prefix(while: { $0 != format }) {
        FileAccess.remove(folder.appendingPathComponent(stem + "." + other.fileExtension))
      }
    }
  }

  private func file(_ direction: String, _ index: Int) throws -> URL {
    let stem = folder.appendingPathComponent(FlowFolder.stem(direction, index))
    let candidates = Format.allCases.map { stem.appendingPathExtension($0.fileExtension) }
    guard let url = candidates.first(where: FileAccess.exists) else {
      throw SessionError.fileAbsent(option: "--flow", path: candidates[0].path)
    }
    return url
  }

  private static func stem(_ direction: String, _ index: Int) -> String {
    direction + "_" + String(format: "%05d", index)
  }
}

import Foundation

/// A flow field as a file holds it: the vectors, and which of them are measured.
public struct MeasuredFlow: Equatable, Sendable {
  /// Zero where nothing was measured.
  public var flow: FlowField
  /// 1 where the file gives a vector, 0 where it says that there is none; one byte a pixel.
  public var valid: [UInt8]

  public init(flow: FlowField, valid: [UInt8]) {
    self.flow = flow
    self.valid = valid
  }
}

/// Optical flow on disk. The extension tells the format:
/// - `.flo` (Middlebury): 32-bit floats; a component beyond 1e9 in magnitude means "unknown".
/// - `.png` (KITTI): 16 bits a channel, R = 64 u + 32768, G = 64 v + 32768, B = valid; precision 1/64 pixel, range ±512.
/// - `.npy` (NumPy): floats of 16, 32 or 64 bits, C order, shape (H, W, 2) or (2, H, W).
public enum FlowFile {
  /// The flow; zero where the file says that nothing is known.
  /// - Throws: `MediaError` where the file is absent, truncated, absurdly large, or holds a value that is not finite.
  public static func read(_ url: URL) throws -> FlowField { try readMeasured(url).flow }

  /// The flow and where it is known.
  /// - Throws: as `read`.
  public static func readMeasured(_ url: URL) throws -> MeasuredFlow {
    switch url.pathExtension.lowercased() {
    case "flo": try readMiddlebury(url)
    case "png": try readKITTI(url)
    case "npy": try readNumPy(url)
    default: throw unknownExtension(url)
    }
  }

  /// Writes in the format of the extension; every vector counts as known.
  /// - Throws: `MediaError.notFinite`, `.unsuitable` where KITTI's range is exceeded, `.cannotWrite`.
  public static func write(_ flow: FlowField, to url: URL) throws {
    try checkFinite(flow, url)
    switch url.pathExtension.lowercased() {
    case "flo": try AtomicFile.write(middlebury(flow), to: url)
    case "png": try writeKITTI(flow, to: url)
    case "npy":
      try AtomicFile.write(NumPyArray.file(flow.vectors, shape: [flow.size.height, flow.size.width, 2]), to: url)
    default: throw MediaError.cannotWrite(path: url.path, detail: "end its name with .flo, .png or .npy")
    }
  }

  static func checkFinite(_ flow: FlowField, _ url: URL) throws {
    guard let bad = flow.vectors.firstIndex(where: { !$0.isFinite }) else { return }
    throw MediaError.notFinite(path: url.path, x: bad / 2 % flow.size.width, y: bad / 2 / flow.size.width)
  }

  private static func unknownExtension(_ url: URL) -> MediaError {
    FileManager.default.fileExists(atPath: url.path)
      ? .unsuitable(path: url.path, detail: "flow is read from .flo, .png (KITTI) and .npy files")
      : .notFound(path: url.path)
  }
}

import Decomposition
import Foundation
import Media

/// Something that writes files while the frames of a project pass by.
protocol FrameExport: FrameObserver {
  /// Completes the files.
  /// - Returns: what was written; numbered files as one path with `####` for the number.
  func finish() throws -> [URL]
  /// Removes what was written; earlier files of the same names stay.
  func cancel()
}

/// Numbered files beside each other: `NAME.0001.exr`. They are written under hidden names and appear together.
struct NumberedFiles: Sendable {
  let folder: URL
  let name: String
  let fileExtension: String

  /// Where a file is written until all are.
  func pending(_ number: Int) -> URL {
    folder.appendingPathComponent(".\(name).\(Self.text(number)).pending.\(fileExtension)")
  }

  /// The path that stands for all of them.
  var pattern: URL { url("####") }

  /// Puts the files in their places, where earlier ones give way.
  /// - Throws: `MediaError.cannotWrite`.
  func finish(_ numbers: some Sequence<Int>) throws {
    for number in numbers { try AtomicFile.move(pending(number), to: url(Self.text(number))) }
  }

  func cancel(_ numbers: some Sequence<Int>) { for number in numbers { FileAccess.remove(pending(number)) } }

  private static func text(_ number: Int) -> String { String(format: "%04d", number) }

  private func url(_ number: String) -> URL { folder.appendingPathComponent("\(name).\(number).\(fileExtension)") }
}

/// What every export of frames needs to know.
struct FrameExportPlan: Sendable {
  let frames: SourceFrames
  /// Which layers, by their place in the model.
  let layers: [(index: Int, name: String)]
  let request: ExportRequest

  var source: ProjectRecord.Source { frames.source }
  /// Of the frames.
  var size: PixelSize { frames.size }
  var firstNumber: Int { request.firstNumber ?? source.firstFrame }
  var numbers: Range<Int> { firstNumber..<firstNumber + source.frameCount }
  var textureSize: PixelSize { PixelSize(width: request.textureSide, height: request.textureSide) }

  func files(_ name: String, _ fileExtension: String) -> NumberedFiles {
    NumberedFiles(folder: request.output, name: name, fileExtension: fileExtension)
  }

  /// The source where layers shall carry its detail.
  func detail(of frame: RenderedFrame) throws -> Frame? {
    request.modelColours ? nil : try frames.frame(frame.index)
  }
}

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
  func pending(_ number: Int) -> URL { PendingFiles.place(of: file(number), in: folder) }

  /// The path that stands for all of them.
  var pattern: URL { folder.appendingPathComponent("\(name).####.\(fileExtension)") }

  /// Puts the files in their places, where earlier ones give way.
  /// - Throws: `MediaError.cannotWrite`.
  func finish(_ numbers: some Sequence<Int>) throws { try all(numbers).finish() }

  func cancel(_ numbers: some Sequence<Int>) { all(numbers).cancel() }

  private func all(_ numbers: some Sequence<Int>) -> PendingFiles {
    PendingFiles(names: numbers.map(file), in: folder)
  }

  private func file(_ number: Int) -> String { "\(name).\(String(format: "%04d", number)).\(fileExtension)" }
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

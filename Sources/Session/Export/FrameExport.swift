import Decomposition
import Foundation
import Media

/// Something that writes files while the frames of a project pass by.
protocol FrameExport: FrameObserver {
  /// Completes the files.
  /// - Returns: what was written; numbered files as one path with `####` for the number.
  func finish() throws -> [URL]
  /// Removes what was written.
  func cancel()
}

/// Numbered files beside each other: `NAME.0001.exr`.
struct NumberedFiles: Sendable {
  let folder: URL
  let name: String
  let fileExtension: String

  func url(_ number: Int) -> URL { url(String(format: "%04d", number)) }

  /// The path that stands for all of them.
  var pattern: URL { url("####") }

  func remove(_ numbers: some Sequence<Int>) { for number in numbers { FileAccess.remove(url(number)) } }

  private func url(_ number: String) -> URL { folder.appendingPathComponent("\(name).\(number).\(fileExtension)") }
}

/// What every export of frames needs to know.
struct FrameExportPlan: Sendable {
  let frames: SourceFrames
  /// Which layers, by their place in the model.
  let layers: [(index: Int, name: String)]
  let request: ExportRequest

  var source: ProjectRecord.Source { frames.source }
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

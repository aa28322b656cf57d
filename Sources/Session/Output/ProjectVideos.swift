import Decomposition
import Foundation
import Media

/// The videos of a project, written while its frames are rendered: reconstruction, lighting, comparison, opacities.
/// Each is drawn and encoded beside the others.
final class ProjectVideos: FrameObserver, @unchecked Sendable {
  /// A video under way; its frames come one after the other.
  private struct Video {
    let file: URL
    let writer: VideoWriter
    let picture: @Sendable (FramePictures) -> Frame
  }

  private let videos: [Video]
  var files: [URL] { videos.map(\.file) }

  init(layout: ProjectLayout, clip: Clip, layers: [String]) throws {
    func video(
      _ file: URL, _ size: PixelSize, _ picture: @escaping @Sendable (FramePictures) -> Frame
    ) throws -> Video {
      let writer = try VideoWriter(url: file, size: size, frameRate: clip.frameRate, encoding: .h264)
      return Video(file: file, writer: writer, picture: picture)
    }
    let table = ComparisonPicture.size(columns: 3, rows: max(2, layers.count), of: clip.size)
    let frames = clip.frames
    videos =
      try [
        video(layout.comparison, table) { ComparisonPicture(source: frames[$0.rendered.index], $0).frame },
        video(layout.reconstruction, clip.size) { $0.reconstruction },
        video(layout.residual, clip.size) { $0.residual },
      ]
      + layers.enumerated().map { index, layer in
        try video(layout.alpha(of: layer), clip.size) { $0.alpha(of: $0.rendered.layers[index]) }
      }
  }

  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    videos.indices.map { index in
      { [self] in try videos[index].writer.append(videos[index].picture(FramePictures(rendered: frame))) }
    }
  }

  /// What completes the videos and puts them in their places: encoders still hold frames then.
  var finishing: [@Sendable () throws -> Void] {
    videos.indices.map { index in { [self] in try videos[index].writer.finish() } }
  }

  /// Drops what was not finished.
  func cancel() {
    for video in videos { video.writer.cancel() }
  }
}

import Foundation
import Media

/// What can be wrong with an edit.
public enum EditingError: Error, Equatable, Sendable {
  /// A paint file whose canvas cannot be a texture.
  case notSquare(path: String, size: PixelSize)
  /// A paint file of several layers, none of them the one that is to be edited.
  case noGroup(path: String, layer: String, groups: [String])
  /// A group of a paint file that cannot be flattened without the layers below it.
  case groupBlend(path: String, group: String)
  /// A painted frame of another shape than the clip.
  case otherAspect(path: String, size: PixelSize, clip: PixelSize)
  /// A frame that the clip does not have.
  case frameOutside(Int, available: Int)
  /// A place that is not in the frame.
  case placeOutside(x: Double, y: Double, size: PixelSize)
  /// An overlay where its layer is hardly seen.
  case overlayWithoutLayer(layer: String, frame: Int)
  /// An overlay that the last layer shall cover.
  case nothingBehind(layer: String)
  /// An edit that was made on the model of another clip.
  case otherClip
}

extension EditingError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .notSquare(let path, let size):
      "the canvas of \(path) is \(size); textures are square, paint in a file that export --as ora wrote"
    case .noGroup(let path, let layer, let groups):
      "\(path) has no group called \(layer), only \(groups.joined(separator: ", ")); name one of them, or rename it"
    case .groupBlend(let path, let group):
      "the group \"\(group)\" of \(path) has a blend mode; set it to Normal, or merge it down"
    case .otherAspect(let path, let size, let clip):
      "\(path) is \(size), which has not the shape of the clip (\(clip)); paint on a whole frame of it"
    case .frameOutside(let frame, let available):
      "there is no frame \(frame); the project has frames 0 to \(available - 1)"
    case .placeOutside(let x, let y, let size):
      "the place \(x),\(y) is outside the frame, which is \(size)"
    case .overlayWithoutLayer(let layer, let frame):
      "the layer \(layer) is hardly seen in frame \(frame), so nothing can be fixed to it there; name another frame"
    case .nothingBehind(let layer):
      "\(layer) is the last layer, nothing is seen behind it; name a layer that is in front of another"
    case .otherClip:
      "the edit was made on another clip; kept edits belong to one clip at one size"
    }
  }
}

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
    }
  }
}

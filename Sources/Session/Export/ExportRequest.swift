import Foundation
import Media

/// The kinds of files that a project can be exported as.
public enum ExportKind: String, CaseIterable, Codable, Sendable {
  /// OpenRaster: textures with a layer to paint on, for Krita and GIMP.
  case ora
  /// Textures as PNG.
  case png
}

/// What to export of a project, and how.
public struct ExportRequest: Equatable, Sendable {
  public var project: URL
  /// A folder that is made where it is not there; of `ora` also a file ending in .ora.
  public var output: URL
  public var kind: ExportKind
  /// The layers to export; empty means all.
  public var layers: [String] = []
  /// Side of the square textures in texels.
  public var textureSide = 1000
  /// Bits a channel of PNG files: 8 or 16.
  public var bits = 8
  /// Where the clip is now, if no longer where it was.
  public var sourcePath: String?

  /// What `textureSide` may be.
  public static let textureSides = 16...8192

  public init(project: URL, output: URL, kind: ExportKind) {
    self.project = project
    self.output = output
    self.kind = kind
  }
}

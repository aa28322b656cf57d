import Editing
import Exchange
import Foundation
import Media

/// The kinds of files that a project can be exported as.
public enum ExportKind: String, CaseIterable, Codable, Sendable {
  /// OpenRaster: textures with a layer to paint on, for Krita and GIMP.
  case ora
  /// Textures as PNG.
  case png
  /// STMaps: where each pixel of a frame is in a layer's texture.
  case stmap
  /// One OpenEXR file a frame with everything in it.
  case exr
  /// Layers with opacity as ProRes 4444.
  case prores
  /// Layers with opacity as FFV1.
  case ffv1
  /// Layers with opacity as VP9.
  case webm
  /// Layers with opacity as folders of PNG files.
  case pngSequence = "png-sequence"
  /// Corner pins: JSON, and Nuke scripts.
  case cornerpin
}

/// What to export of a project, and how.
public struct ExportRequest: Equatable, Sendable {
  /// What the colours in OpenEXR files are.
  public enum Colour: String, CaseIterable, Codable, Sendable {
    /// Linear light, as programs take EXR files to be: the sRGB curve undone.
    case linear
    /// The clip's own values.
    case display
  }

  public var project: URL
  /// A folder that is made where it is not there; of `ora` also a file ending in .ora.
  public var output: URL
  public var kind: ExportKind
  /// The layers to export; empty means all.
  public var layers: [String] = []
  /// Side of the square textures in texels.
  public var textureSide = 1000
  /// Bits a channel of PNG and FFV1 files: 8 or 16.
  public var bits = 8
  /// How STMaps tell places.
  public var convention = STMapConvention()
  /// STMaps also the other way: where each texel is in a frame.
  public var inverse = false
  public var colour = Colour.linear
  /// Colours of layers as the model has them; otherwise with the detail of the source, so that they add up to it.
  public var modelColours = false
  /// Of the frames that are written; textures have a size of their own.
  public var size = OutputSize.project
  /// The number of the first frame in files' names; nil takes its number in the source.
  public var firstNumber: Int?
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

import Foundation
import Media

/// Finds the main object of a clip and writes its masks as PNG files.
public struct MaskSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: the share of each frame that the object covers.
  public func run(source: ClipSource, output: URL) throws -> [Double] {
    let clip = try source.read(context)
    try FileAccess.makeFolder(output)
    let flow = try Preparation.flow(of: clip, .dis, context)
    let masks = try MaskChoice.automatic.objects(of: clip, flow: flow, context).objects[0].masks
    try MaskFolder(output).write(masks, first: clip.sourceFrames.lowerBound)
    return masks.map(\.coverage)
  }
}

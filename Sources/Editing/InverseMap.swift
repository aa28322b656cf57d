import Decomposition
import Media

/// Where each texel of a layer is in one frame: the inverse of the layer's mapping, from its mesh.
public struct InverseMap: Sendable {
  /// Texels of a side.
  public let side: Int
  /// Pixels of the frame, the middle of the first at (0, 0); 0 where the frame does not show the texel.
  public let x: [Float]
  public let y: [Float]
  /// The layer's opacity there.
  public let alpha: [Float]

  public init(_ frame: RenderedFrame, layer index: Int, side: Int) {
    self.side = side
    let layer = frame.layers[index]
    var values = [Float](repeating: 0, count: 3 * frame.size.pixelCount)
    for pixel in 0..<frame.size.pixelCount {
      values[3 * pixel] = Float(pixel % frame.size.width)
      values[3 * pixel + 1] = Float(pixel / frame.size.width)
      values[3 * pixel + 2] = layer.alpha[0][pixel]
    }
    var field = TexelField(side: side, channels: 3)
    _ = UVMesh(layer, size: frame.size).rasterise(values, least: LayerColours.unseen, into: &field)
    x = (0..<side * side).map { field.mean($0, 0) }
    y = (0..<side * side).map { field.mean($0, 1) }
    alpha = (0..<side * side).map { field.mean($0, 2) }
  }
}

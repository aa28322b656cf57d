import CKernels

extension Kernels {
  /// Adds what an edited texture changes in `count` pixels to `sum` (four values a pixel, the last one 0):
  /// `unit * opacity * light * change(u, v)`, bilinear between the centres of texels over [-1, 1]^2.
  ///
  /// - Parameters:
  ///   - change: `width * height` texels of R, G, B and 0.
  ///   - weights: R, G, B of the light and the opacity of each pixel.
  public func gatherEdit(
    count: Int, change: UnsafePointer<Float>, width: Int, height: Int, u: UnsafePointer<Float>,
    v: UnsafePointer<Float>, weights: UnsafePointer<UInt16>, unit: Float, sum: UnsafeMutablePointer<Float>
  ) {
    var texture = ck_texture(texels: change, width: UInt32(width), height: UInt32(height))
    table.edit_gather(count, &texture, u, v, weights, unit, sum)
  }

  /// `output = source + 65535 sum` for `count` pixels of three channels, rounded and kept in range.
  public func applyEdit(
    count: Int, sum: UnsafePointer<Float>, source: UnsafePointer<UInt16>, output: UnsafeMutablePointer<UInt16>
  ) {
    table.edit_apply(count, sum, source, output)
  }
}

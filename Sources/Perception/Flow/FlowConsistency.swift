import Media

/// Where a flow field can be trusted: going there and back must end near the start.
public enum FlowConsistency {
  /// 1 for each pixel p with `|flow(p) + reverse(p + flow(p))| < threshold`, else 0; `size.pixelCount` values.
  ///
  /// `reverse` is sampled bilinearly with zeros beyond its border, so a pixel that leaves the frame by more than the
  /// threshold is not valid. Flow that is not finite is not valid.
  /// - Parameter threshold: in pixels.
  /// - Precondition: both fields have the same size.
  public static func validity(of flow: FlowField, against reverse: FlowField, threshold: Float = 1) -> [UInt8] {
    precondition(flow.size == reverse.size, "flow of \(flow.size) against flow of \(reverse.size)")
    let size = flow.size
    return flow.vectors.withUnsafeBufferPointer { vectors in
      reverse.vectors.withUnsafeBufferPointer { back in
        let sampler = BilinearSampler(values: back, size: size, channels: 2)
        return [UInt8](unsafeUninitializedCapacity: size.pixelCount) { valid, count in
          for y in 0..<size.height {
            for x in 0..<size.width {
              let index = y * size.width + x
              let dx = vectors[2 * index]
              let dy = vectors[2 * index + 1]
              let tx = Float(x) + dx
              let ty = Float(y) + dy
              var ex = dx
              var ey = dy
              if sampler.reaches(tx, ty) {
                ex += sampler.value(tx, ty, channel: 0)
                ey += sampler.value(tx, ty, channel: 1)
              }
              valid[index] = ex * ex + ey * ey < threshold * threshold ? 1 : 0
            }
          }
          count = size.pixelCount
        }
      }
    }
  }
}

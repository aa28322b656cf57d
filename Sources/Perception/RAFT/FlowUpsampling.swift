import Foundation
import Inference

/// From flow at an eighth of the size, in pixels of that size, to flow at full size in its pixels.
enum FlowUpsampling {
  private static let factor = RAFTArchitecture.stride

  /// Bilinear, the corner pixels of both grids on each other, vectors times 8.
  static func bilinear(_ flow: Tensor) -> Tensor {
    let (height, width) = (flow.shape[0], flow.shape[1])
    let result = Tensor([height * factor, width * factor, 2])
    let stepY = Float(height - 1) / Float(height * factor - 1)
    let stepX = Float(width - 1) / Float(width * factor - 1)
    var to = result.pointer
    for y in 0..<height * factor {
      let top = min(Int(Float(y) * stepY), height - 1)
      let fy = Float(y) * stepY - Float(top)
      let upper = flow.pointer + top * width * 2
      let lower = flow.pointer + min(top + 1, height - 1) * width * 2
      for x in 0..<width * factor {
        let left = min(Int(Float(x) * stepX), width - 1)
        let fx = Float(x) * stepX - Float(left)
        let right = min(left + 1, width - 1)
        for axis in 0..<2 {
          let above = upper[2 * left + axis] * (1 - fx) + upper[2 * right + axis] * fx
          let below = lower[2 * left + axis] * (1 - fx) + lower[2 * right + axis] * fx
          to[axis] = Float(factor) * (above * (1 - fy) + below * fy)
        }
        to += 2
      }
    }
    return result
  }

  /// Each fine pixel is a mean of the 3x3 coarse vectors around it, times 8, with the softmax of nine values as weights;
  /// zero beyond the border.
  /// - Parameter weights: channel `k * 64 + dy * 8 + dx` is for the fine pixel (dx, dy) of a coarse one and its
  ///   neighbour k, row by row from the upper left.
  static func convex(_ flow: Tensor, weights: Tensor) -> Tensor {
    let (height, width) = (flow.shape[0], flow.shape[1])
    let fine = factor * factor
    let result = Tensor([height * factor, width * factor, 2])
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * fine) { scratch in
      guard let base = scratch.baseAddress else { return }
      let (largest, sum, sumX, sumY) = (base, base + fine, base + 2 * fine, base + 3 * fine)
      for y in 0..<height {
        for x in 0..<width {
          let logits = weights.pointer + (y * width + x) * 9 * fine
          for place in 0..<fine { largest[place] = logits[place] }
          for k in 1..<9 {
            for place in 0..<fine { largest[place] = max(largest[place], logits[k * fine + place]) }
          }
          for place in 0..<3 * fine { sum[place] = 0 }
          for k in 0..<9 {
            let (row, column) = (y + k / 3 - 1, x + k % 3 - 1)
            let isInside = row >= 0 && column >= 0 && row < height && column < width
            let vector = flow.pointer + (isInside ? (row * width + column) * 2 : 0)
            let (vx, vy) = isInside ? (Float(factor) * vector[0], Float(factor) * vector[1]) : (0, 0)
            for place in 0..<fine {
              let weight = exp(logits[k * fine + place] - largest[place])
              sum[place] += weight
              sumX[place] += weight * vx
              sumY[place] += weight * vy
            }
          }
          for place in 0..<fine {
            let (dy, dx) = (place / factor, place % factor)
            let to = result.pointer + ((y * factor + dy) * width * factor + x * factor + dx) * 2
            to[0] = sumX[place] / sum[place]
            to[1] = sumY[place] / sum[place]
          }
        }
      }
    }
    return result
  }
}

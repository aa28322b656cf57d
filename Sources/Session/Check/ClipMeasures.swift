import Foundation
import Media
import Perception

/// Numbers about a clip and its masks that foretell how a decomposition will go.
enum ClipMeasures {
  /// How far the corners and the middle of the picture move from each frame to the next by a layer's motion, in the mean.
  static func steps(_ toReference: [Homography], _ size: PixelSize) -> [Double] {
    (1..<max(1, toReference.count)).map { frame in
      guard let back = toReference[frame].inverse else { return 0 }
      let map = back * toReference[frame - 1]
      let (w, h) = (Double(size.width - 1), Double(size.height - 1))
      let places = [(0, 0), (w, 0), (0, h), (w, h), (w / 2, h / 2)]
      return mean(
        places.map { x, y in
          let moved = map.apply(x, y)
          return hypot(moved.x - x, moved.y - y)
        })
    }
  }

  /// The mean length of the flow inside an object's masks.
  static func motion(of object: ObjectMasks, _ flow: [FlowPair]) -> Double {
    var (sum, count) = (0.0, 0)
    for (mask, pair) in zip(object.masks, flow) {
      for (pixel, value) in mask.values.enumerated() where value > Mask.threshold && pair.forwardValid[pixel] == 1 {
        let (dx, dy) = (pair.forward.vectors[2 * pixel], pair.forward.vectors[2 * pixel + 1])
        sum += Double((dx * dx + dy * dy).squareRoot())
        count += 1
      }
    }
    return count == 0 ? 0 : sum / Double(count)
  }

  /// The share of the pixels inside an object's masks whose flow is trusted; 1 where it covers nothing.
  static func trustedFlow(of object: ObjectMasks, _ flow: [FlowPair]) -> Double {
    var (trusted, count) = (0, 0)
    for (mask, pair) in zip(object.masks, flow) {
      for (pixel, value) in mask.values.enumerated() where value > Mask.threshold {
        trusted += Int(pair.forwardValid[pixel])
        count += 1
      }
    }
    return count == 0 ? 1 : Double(trusted) / Double(count)
  }

  /// How much an object's masks change other than along the flow (`CheckReport.Object.flicker`). Only pixels whose flow
  /// is trusted count.
  static func flicker(of object: ObjectMasks, _ flow: [FlowPair]) -> Double {
    let steps = zip(object.masks.indices.dropFirst(), flow).map { frame, pair -> Double in
      var (both, either) = (0, 0)
      forEachMatch(pair) { pixel, before in
        let (now, then) = (object.masks[frame].values[pixel], object.masks[frame - 1].values[before])
        if now > Mask.threshold && then > Mask.threshold { both += 1 }
        if now > Mask.threshold || then > Mask.threshold { either += 1 }
      }
      return either == 0 ? 0 : 1 - Double(both) / Double(either)
    }
    return mean(steps)
  }

  /// For each two neighbouring frames the factor by which matched pixels get brighter.
  static func exposureSteps(of frames: [Frame], _ flow: [FlowPair]) -> [Double] {
    flow.indices.map { index in
      var (before, after) = (0, 0)
      frames[index].pixels.withUnsafeBufferPointer { first in
        frames[index + 1].pixels.withUnsafeBufferPointer { second in
          forEachMatch(flow[index]) { pixel, match in
            for channel in 0..<3 {
              before += Int(first[3 * match + channel])
              after += Int(second[3 * pixel + channel])
            }
          }
        }
      }
      return before == 0 ? 1 : Double(after) / Double(before)
    }
  }

  /// Every pixel of a pair's second frame whose way back is trusted, with the pixel of the first frame where it ends.
  private static func forEachMatch(_ pair: FlowPair, _ body: (_ pixel: Int, _ before: Int) -> Void) {
    let size = pair.backward.size
    pair.backward.vectors.withUnsafeBufferPointer { vectors in
      for pixel in 0..<size.pixelCount where pair.backwardValid[pixel] != 0 {
        let x = Int((Float(pixel % size.width) + vectors[2 * pixel]).rounded())
        let y = Int((Float(pixel / size.width) + vectors[2 * pixel + 1]).rounded())
        if x >= 0, y >= 0, x < size.width, y < size.height { body(pixel, y * size.width + x) }
      }
    }
  }

  static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}

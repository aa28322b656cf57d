import Media

/// A procedural clip together with everything there is to know about it.
///
/// The picture is exactly the model's reconstruction: `rgb(p) = sum_i alpha_i(p) * colour_i(M_i(p)) * light_i(M_i(p), t)`
/// at the pixels' middles, rounded to 16 bits. Textures and edges are band-limited instead of being supersampled, so
/// that this equation holds without a filter between the truth and the frames.
public struct SyntheticScene: Sendable {
  public let configuration: SceneConfiguration
  public let clip: Clip
  /// The layers, front first; the last is the background.
  public let layers: [SyntheticLayer]
  /// For every foreground, where it covers more than half of a pixel.
  public let masks: [ObjectMasks]

  /// Exact motion of the visible layer between neighbouring frames, `frameCount - 1` pairs; worked out at every call, which
  /// takes longer than drawing the frames.
  public func exactFlow() -> [FlowPair] {
    (0..<configuration.frameCount - 1).map { layers.flow(size: configuration.size, frame: $0) }
  }

  /// The share of every layer in a place of a frame; they sum to 1.
  public func alphas(_ pixel: SIMD2<Double>, frame: Int) -> [Double] { layers.alphas(pixel, frame: frame) }

  /// The colour of a place of a frame in [0, 1].
  public func colour(_ pixel: SIMD2<Double>, frame: Int) -> SIMD3<Double> { layers.colour(pixel, frame: frame) }

  /// One layer's share of every pixel of a frame, in [0, 1]. Shape: height * width.
  public func alpha(layer: Int, frame: Int) -> [Float] {
    configuration.size.pixels.map { Float(alphas($0, frame: frame)[layer]) }
  }

  /// The light on one layer at every pixel of a frame. Shape: height * width.
  public func light(layer: Int, frame: Int) -> [Float] {
    configuration.size.pixels.map { pixel in
      Float(layers[layer].light(at: layers[layer].layerPoint(pixel, frame: frame), frame: frame))
    }
  }
}

extension PixelSize {
  /// The pixels' middles, row by row.
  var pixels: some Sequence<SIMD2<Double>> {
    (0..<height).lazy.flatMap { y in (0..<width).lazy.map { x in SIMD2(Double(x), Double(y)) } }
  }
}

extension [SyntheticLayer] {
  func alphas(_ pixel: SIMD2<Double>, frame: Int) -> [Double] {
    var rest = 1.0
    return map { layer in
      let alpha = rest * layer.opacity(at: layer.layerPoint(pixel, frame: frame))
      rest -= alpha
      return alpha
    }
  }

  func colour(_ pixel: SIMD2<Double>, frame: Int) -> Colour {
    zip(self, alphas(pixel, frame: frame)).reduce(Colour.zero) { sum, layer in
      guard layer.1 > 0 else { return sum }
      let point = layer.0.layerPoint(pixel, frame: frame)
      return sum + layer.1 * layer.0.light(at: point, frame: frame) * layer.0.colour(at: point)
    }
  }

  /// The layer that has the largest share of a place.
  func visible(_ pixel: SIMD2<Double>, frame: Int) -> Int {
    let shares = alphas(pixel, frame: frame)
    return shares.indices.max { shares[$0] < shares[$1] } ?? 0
  }
}

import Foundation
import Media
import NeuralField

/// The networks of one layer.
struct LayerNetworks: Sendable {
  let name: String
  let isBackground: Bool
  /// s: uv of the reference frame's longer side.
  let scale: Float
  let mapping: MLP
  let textureGrid: HashGrid
  let texture: MLP
  let residualGrid: HashGrid
  let residual: MLP
  /// nil for the paper's plain mapping.
  let base: MappingBase?
  /// What turns a distance in uv into pixels of the video: rez / (2 s).
  let pixelsPerUV: Float
}

/// A layered neural video: the networks, their place in the flat parameter buffer, and the parameters.
///
/// Layers are in composite order, front first; the last one is the background. All parameters live in one flat buffer
/// described by `layout`.
public final class NVDModel: @unchecked Sendable {
  public let configuration: ModelConfiguration
  public let geometry: VideoGeometry
  /// Foregrounds, front first, then the background.
  public let layerNames: [String]
  /// Estimated motion of every layer: pixel homographies of each frame to the layer's reference frame.
  public let motion: [[Homography]]
  public let layout: ParameterLayout
  public let parameters: AlignedBuffer

  let layers: [LayerNetworks]
  let alphaGrid: HashGrid
  let alpha: MLP

  public var layerCount: Int { layers.count }
  /// What turns a distance in a layer's texture coordinates into pixels of the video: rez / (2 s).
  public func pixelsPerUV(layer: Int) -> Float { layers[layer].pixelsPerUV }
  public var foregroundCount: Int { layers.count - 1 }

  /// - Parameters:
  ///   - layerNames: at least two, the background last.
  ///   - motion: for every layer a homography a frame (used where the configuration's mapping base is `.motion`).
  public init(
    configuration: ModelConfiguration, geometry: VideoGeometry, layerNames: [String], motion: [[Homography]]
  ) throws {
    guard layerNames.count >= 2, Set(layerNames).count == layerNames.count else {
      throw DecompositionError.unsuitable("a model needs two layers or more with different names, not \(layerNames)")
    }
    guard motion.count == layerNames.count, motion.allSatisfy({ $0.count == geometry.frameCount }) else {
      throw DecompositionError.unsuitable(
        "\(layerNames.count) layers of \(geometry.frameCount) frames need as many homographies, "
          + "not \(motion.map(\.count))")
    }
    self.configuration = configuration
    self.geometry = geometry
    self.layerNames = layerNames
    self.motion = motion

    let networks = ModelNetworks(configuration, layerNames: layerNames)
    layout = networks.layout
    (alphaGrid, alpha) = (networks.alphaGrid, networks.alpha)
    layers = networks.layers.enumerated().map { index, networks in
      let isBackground = index == layerNames.count - 1
      var scale = configuration.scale(isBackground: isBackground)
      if isBackground, configuration.mappingBase == .motion {
        scale = min(scale, MappingBase.largestScale(motion: motion[index], geometry: geometry))
      }
      let base =
        configuration.mappingBase == .motion
        ? MappingBase(motion: motion[index], scale: scale, geometry: geometry) : nil
      return LayerNetworks(
        name: layerNames[index], isBackground: isBackground, scale: scale, mapping: networks.mapping,
        textureGrid: networks.textureGrid, texture: networks.texture, residualGrid: networks.residualGrid,
        residual: networks.residual, base: base, pixelsPerUV: geometry.halfSide / scale)
    }
    parameters = AlignedBuffer(count: layout.count)
  }

  /// A model of no clip, for its layout and starting values.
  public static func unfitted(_ configuration: ModelConfiguration, layerNames: [String]) throws -> NVDModel {
    let geometry = VideoGeometry(size: PixelSize(width: 8, height: 8), frameCount: 2)
    return try NVDModel(
      configuration: configuration, geometry: geometry, layerNames: layerNames,
      motion: TrainingClip.identityMotion(layers: layerNames.count, frames: geometry.frameCount))
  }

  /// Random starting values, and the configuration's linear reading laid over them. With a motion base the mapping's
  /// output layer starts at a thousandth of its usual size, so that the first mapping is the estimated motion. Residuals
  /// start around 1 where networks have biases, around softplus(0) = 0.69 without.
  public func initialize(seed: UInt64) {
    var random = RandomSource(seed: seed, path: 0x1217)
    let start = parameters.pointer
    for layer in layers {
      layer.textureGrid.initialize(start, random: &random)
      layer.residualGrid.initialize(start, random: &random)
      layer.mapping.initialize(start, outputScale: layer.base == nil ? 1 : 1e-3, random: &random)
      layer.texture.initialize(start, random: &random)
      layer.residual.initialize(start, random: &random)
      colourReading(layer.texture).map { layer.texture.begin(reading: $0, start) }
      if let bias = layer.residual.layers.last?.bias {
        for index in bias.range { parameters[index] = Self.softplusInverseOfOne }
      }
    }
    alphaGrid.initialize(start, random: &random)
    alpha.initialize(start, random: &random)
    alphaReading.map { alpha.begin(reading: $0, start) }
  }

  /// How the network of a texture reads its features at first; nil where it has random weights alone.
  func colourReading(_ texture: MLP) -> LinearReading? {
    beginsReading(texture) ? .colour(features: texture.inputs, strength: configuration.linearReading) : nil
  }

  /// The same of alpha's.
  var alphaReading: LinearReading? {
    beginsReading(alpha)
      ? .separate(outputs: alpha.outputs, features: alpha.inputs, strength: configuration.linearReading) : nil
  }

  private func beginsReading(_ field: MLP) -> Bool {
    configuration.linearReading > 0 && configuration.fieldWidth >= 2 * field.outputs
  }

  /// log(e - 1): the output whose softplus is 1, a residual that changes nothing.
  static let softplusInverseOfOne: Float = 0.541_324_854_612_918

  /// Alpha is kept in [alphaFloor, 1 - alphaFloor].
  static let alphaFloor: Float = 1e-5
}

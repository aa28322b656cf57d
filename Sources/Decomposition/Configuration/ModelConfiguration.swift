import Foundation
import Media
import NeuralField

/// The shape of an NVD model: one mapping, texture and residual network a layer, one alpha network for all.
public struct ModelConfiguration: Codable, Equatable, Sendable {
  /// What the mapping network's output is added to, before the tanh.
  public enum MappingBase: String, Codable, Sendable {
    /// Nothing: `uv = tanh(MLP(p))`, the paper's mapping.
    case none
    /// The estimated motion of the layer: `uv = tanh(atanh(clamp(s H_t(x, y))) + MLP(p))`. The network learns only what
    /// a homography (camera) or an affine map (object) does not explain; there are no trained parameters in H.
    case motion
  }

  public var mappingBase: MappingBase
  /// Width of the three hidden layers of the mapping networks.
  public var mappingWidth: Int
  /// Width of the three hidden layers of the texture, residual and alpha networks.
  public var fieldWidth: Int
  /// Hidden layers of every network; with the output there is one linear layer more.
  public var hiddenLayers: Int
  /// Whether linear layers have biases. The paper's count of predicted tensors (33 for two layers) has none.
  public var biases: Bool
  /// How strongly the networks of textures and alpha hear their features at first: the entries of the matrix
  /// that they begin with as the straight way to their outputs (`LinearReading`); 0: random weights alone. No trained
  /// value; networks too narrow for it begin without.
  public var linearReading: Float
  /// 2-D, over a layer's texture.
  public var textureGrid: HashGridConfiguration
  /// 3-D, over a layer's texture and time.
  public var residualGrid: HashGridConfiguration
  /// 3-D, over the video.
  public var alphaGrid: HashGridConfiguration
  /// 1 (grey lighting) or 3 (coloured lighting).
  public var residualChannels: Int
  /// Where the reference frame's longer side ends in a foreground's texture, in [-1, 1] coordinates.
  public var foregroundScale: Float
  /// The same for the background, which needs room for what a moving camera sees.
  public var backgroundScale: Float

  enum CodingKeys: String, CodingKey {
    case mappingBase = "mapping_base"
    case mappingWidth = "mapping_width"
    case fieldWidth = "field_width"
    case hiddenLayers = "n_hidden_layers"
    case biases
    case linearReading = "linear_reading"
    case textureGrid = "texture_grid"
    case residualGrid = "residual_grid"
    case alphaGrid = "alpha_grid"
    case residualChannels = "residual_channels"
    case foregroundScale = "foreground_uv_scale"
    case backgroundScale = "background_uv_scale"
  }

  /// The paper's model (its tables in the supplement): plain mapping of width 256, no biases, growth 1.25, grey residual.
  public static let paper = ModelConfiguration(
    mappingBase: .none, mappingWidth: 256, fieldWidth: 64, hiddenLayers: 3, biases: false, linearReading: 0,
    textureGrid: HashGridConfiguration(growth: 1.25), residualGrid: HashGridConfiguration(growth: 1.25),
    alphaGrid: HashGridConfiguration(growth: 1.25), residualChannels: 1, foregroundScale: 0.9, backgroundScale: 0.6)

  /// The default model: mapping as a residual over estimated motion, width 128, growth 1.38, coloured residual. Its
  /// tables are those for frames of 768x432 (see `fitGrids`).
  public static let fast = ModelConfiguration(
    mappingBase: .motion, mappingWidth: 128, fieldWidth: 64, hiddenLayers: 3, biases: true, linearReading: 0.25,
    textureGrid: HashGridConfiguration(growth: 1.38, log2TableSize: 17),
    residualGrid: HashGridConfiguration(growth: 1.38, log2TableSize: 16),
    alphaGrid: HashGridConfiguration(growth: 1.25), residualChannels: 3, foregroundScale: 0.9, backgroundScale: 0.6)

  /// Makes the grids of textures and residuals fit frames of this size.
  ///
  /// Their tables become as large as pays off: about two entries for five pixels in a texture's, half as many in a
  /// residual's. Smaller ones lose detail to collisions; with larger ones texture and light of a known scene were further
  /// from the truth. Measured at 384x216 and 768x432 (docs/experiments.md); 2^15 and 2^18 are the smallest and largest that
  /// were tried. A long training of large frames fills residual tables four times as large: in a minute these would leave
  /// the picture without residuals worse, in five they gain 0.8 dB.
  ///
  /// The finest cells of frames below 768 pixels are as many times a pixel's size as there: 2.6 of them cross a pixel if
  /// the texture is as wide as the frame. Finer ones leave what is between the pixels to chance, and light follows it.
  public mutating func fitGrids(to size: PixelSize, longTraining: Bool = false) {
    let share = min(Double(max(size.width, size.height)) / 768, 1)
    for grid in [\ModelConfiguration.textureGrid, \.residualGrid] {
      let fitted = self[keyPath: grid].growth * pow(share, 1 / Double(self[keyPath: grid].levels - 1))
      self[keyPath: grid].growth = max(fitted, 1)
    }
    let wanted = Int(log2(0.4 * Double(size.pixelCount)).rounded())
    textureGrid.log2TableSize = min(max(wanted, 15), 18)
    residualGrid.log2TableSize = max(textureGrid.log2TableSize - 1, 15)
    if longTraining, textureGrid.log2TableSize >= 17 { residualGrid.log2TableSize = 18 }
  }

  /// Takes from another model what `fitGrids` decides: the sizes of all tables, and how fine textures and residuals are.
  public mutating func takeFit(of model: ModelConfiguration) {
    (textureGrid.log2TableSize, textureGrid.growth) = (model.textureGrid.log2TableSize, model.textureGrid.growth)
    (residualGrid.log2TableSize, residualGrid.growth) = (model.residualGrid.log2TableSize, model.residualGrid.growth)
    alphaGrid.log2TableSize = model.alphaGrid.log2TableSize
  }

  public func scale(isBackground: Bool) -> Float { isBackground ? backgroundScale : foregroundScale }
}

extension ModelConfiguration {
  /// Files from before there was a linear reading say nothing of it; it is no part of a trained model.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      mappingBase: values.decode(MappingBase.self, forKey: .mappingBase),
      mappingWidth: values.decode(Int.self, forKey: .mappingWidth),
      fieldWidth: values.decode(Int.self, forKey: .fieldWidth),
      hiddenLayers: values.decode(Int.self, forKey: .hiddenLayers),
      biases: values.decode(Bool.self, forKey: .biases),
      linearReading: values.decodeIfPresent(Float.self, forKey: .linearReading) ?? 0,
      textureGrid: values.decode(HashGridConfiguration.self, forKey: .textureGrid),
      residualGrid: values.decode(HashGridConfiguration.self, forKey: .residualGrid),
      alphaGrid: values.decode(HashGridConfiguration.self, forKey: .alphaGrid),
      residualChannels: values.decode(Int.self, forKey: .residualChannels),
      foregroundScale: values.decode(Float.self, forKey: .foregroundScale),
      backgroundScale: values.decode(Float.self, forKey: .backgroundScale))
  }
}

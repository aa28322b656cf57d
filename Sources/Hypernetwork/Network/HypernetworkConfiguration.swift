import NeuralField

/// The shape of a hypernetwork: for each tensor of the target network one MLP from the embedding to coefficients h, and
/// `tensor = b + W h`, with a shared b, the learned initialisation.
public struct HypernetworkConfiguration: Codable, Equatable, Sendable {
  public enum Form: String, Codable, CaseIterable, Sendable {
    /// The paper's: h is the last hidden layer, as wide as the others, after its ReLU. About 65 values in memory for each
    /// value of the target network at width 64.
    case full
    /// A low-rank term: h has `rank` values and no ReLU.
    case factorised
  }

  /// Which part of a hash grid depends on the embedding; the rest is the shared initialisation alone.
  public enum PredictedGrids: String, Codable, CaseIterable, Sendable {
    case all
    /// The levels that are indexed directly. An entry of a hashed level is shared by places that have nothing in common.
    case dense
    /// Universal grids, the paper's ablation.
    case none
  }

  /// What is learned at all; the rest stays as a new model has it.
  public enum Learned: String, Codable, CaseIterable, Sendable {
    /// Everything, as in the paper.
    case everything
    /// What means the same in every clip: the networks that read the grids, and the levels of textures that are indexed
    /// directly, which hold a scene's layout. How a clip's motion differs from the estimated one (the mappings), its light
    /// and opacity, and what is written in the entries of a hashed level belong to that clip alone: handed on, they are
    /// errors that a new clip has to unlearn.
    case common
    /// The networks that read the grids, alone: how features become colours, light and opacity.
    case decoders
  }

  public var form: Form
  public var learned: Learned
  /// Width of the hidden layers.
  public var hiddenWidth: Int
  /// Hidden layers, each with a ReLU.
  public var hiddenLayers: Int
  /// Coefficients a tensor, where the form is `factorised`.
  public var rank: Int
  public var predictedGrids: PredictedGrids
  /// How large W h is at first beside the root mean square of each tensor's initial values, about: the first predicted
  /// network is the initial model with a little noise. The paper divides Kaiming's range by ten.
  public var outputScale: Float
  /// How W is kept in memory while it is trained.
  public var precision: HeadPrecision

  enum CodingKeys: String, CodingKey {
    case form, learned, rank, precision
    case hiddenWidth = "hidden_width"
    case hiddenLayers = "n_hidden_layers"
    case predictedGrids = "predicted_grids"
    case outputScale = "output_scale"
  }

  /// The paper's text: four linear layers, width 64, everything predicted. Its table has a width of 128.
  public static let full = HypernetworkConfiguration(
    form: .full, learned: .everything, hiddenWidth: 64, hiddenLayers: 3, rank: 64, predictedGrids: .all,
    outputScale: 0.1,
    precision: .single)

  /// The default: tens of megabytes on disk.
  public static let factorised = HypernetworkConfiguration(
    form: .factorised, learned: .everything, hiddenWidth: 64, hiddenLayers: 1, rank: 16, predictedGrids: .dense,
    outputScale: 0.1,
    precision: .single)

  public static func preset(_ form: Form) -> HypernetworkConfiguration { form == .full ? .full : .factorised }

  /// The form's preset for an update: Reptile seeks a start for other clips and learns what they have in common, the
  /// paper's update the models of the training clips themselves.
  public static func preset(_ form: Form, for update: MetaTrainingConfiguration.Update) -> HypernetworkConfiguration {
    var result = preset(form)
    result.learned = update == .reptile ? .decoders : .everything
    // Hashed levels that several clips share hold none of them.
    if update == .joint { result.predictedGrids = .all }
    return result
  }

  /// Values of h.
  public var coefficients: Int { form == .full ? hiddenWidth : rank }

  /// What no hypernetwork has; nil where the values can be.
  public var fault: String? {
    if !(1...1024).contains(hiddenWidth) { return "hidden_width must be from 1 to 1024, not \(hiddenWidth)" }
    let least = form == .full ? 2 : 1
    if !(least...8).contains(hiddenLayers) { return "n_hidden_layers must be from \(least) to 8, not \(hiddenLayers)" }
    if !(1...1024).contains(rank) { return "rank must be from 1 to 1024, not \(rank)" }
    if !(0...10).contains(outputScale) { return "output_scale must be from 0 to 10, not \(outputScale)" }
    return nil
  }
}

import Media

/// Named settings.
public enum Preset: String, Codable, CaseIterable, Sendable {
  /// The default: minutes instead of hours.
  case fast
  /// The paper's hyperparameters to the letter.
  case paper
}

/// Everything that decides how a clip becomes layers, apart from the clip and the seed.
public struct DecompositionConfiguration: Codable, Equatable, Sendable {
  public var model: ModelConfiguration
  public var training: TrainingConfiguration

  public init(model: ModelConfiguration, training: TrainingConfiguration) {
    self.model = model
    self.training = training
  }

  public static func preset(_ preset: Preset) -> DecompositionConfiguration {
    switch preset {
    case .fast: DecompositionConfiguration(model: .fast, training: .fast)
    case .paper: DecompositionConfiguration(model: .paper, training: .paper)
    }
  }

  /// The preset for frames of this size and a training of this length: the default's hash tables grow with both.
  public static func preset(
    _ preset: Preset, for size: PixelSize, budget: TrainingBudget? = nil
  ) -> DecompositionConfiguration {
    var result = Self.preset(preset)
    if preset == .fast { result.model.fitGrids(to: size, longTraining: budget?.isLong ?? false) }
    return result
  }
}

import NeuralField

/// How a model is fitted to a clip.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
  public var sampling: SamplingConfiguration
  public var weights: LossWeights
  public var adam: AdamConfiguration
  /// Learning rate of hash grids.
  public var gridRate: Float
  /// Learning rate of MLPs.
  public var networkRate: Float
  public var schedule: RateSchedule
  /// What the weight of the loss without residuals is multiplied with. Where more changes than the coarse light
  /// (`coarseLightLevels`) no texture is right in every frame, and this loss keeps pulling at it.
  public var bareSchedule: RateSchedule
  /// The levels of the residuals' grids, from the coarsest, that say the coarse light (`CoarseLight`): what the residuals
  /// are held to, and whose changes the loss without residuals leaves to them. 0: no such light, 1 in its place.
  public var coarseLightLevels: Int
  /// How long alpha is tied to the masks.
  public var bootstrapping: PhaseEnd
  /// How long the global rigidity loss acts.
  public var globalRigidity: PhaseEnd
  /// How long the rigidity loss with a step of one pixel acts.
  public var rigidity: PhaseEnd
  /// Precision of the networks' products in training, where the processor has it; rendering is always in single.
  public var precision: MLPPrecision
  /// Iterations that fit the mapping to `s (x, y)` before anything else; none with a motion base, whose network starts
  /// at zero.
  public var warmupIterations: Int
  /// Steps that then fit the background's mapping to the flow alone, before there are textures, where the estimated motion
  /// leaves half a pixel of it unexplained or more (`FlowWarmup`).
  public var flowWarmupIterations: Int
  /// Whether textures then begin with the clip's mean colours and alpha with its masks (`PaintedStart`), as far as the
  /// model's linear reading can say them.
  public var paintedStart: Bool

  enum CodingKeys: String, CodingKey {
    case sampling, weights, adam, schedule, bootstrapping, rigidity, precision
    case gridRate = "grid_learning_rate"
    case networkRate = "network_learning_rate"
    case globalRigidity = "global_rigidity"
    case bareSchedule = "bare_schedule"
    case coarseLightLevels = "coarse_light_levels"
    case warmupIterations = "warmup_iterations"
    case flowWarmupIterations = "flow_warmup_iterations"
    case paintedStart = "painted_start"
  }

  /// The paper's hyperparameters: constant rates, rigidity for 5,000 and bootstrapping for 10,000 iterations, no global
  /// rigidity.
  public static let paper = TrainingConfiguration(
    sampling: .paper, weights: paperWeights, adam: AdamConfiguration(), gridRate: 1e-2, networkRate: 5e-4,
    schedule: .constant, bareSchedule: .constant, coarseLightLevels: 0,
    bootstrapping: .iteration(10_000), globalRigidity: .iteration(0), rigidity: .iteration(5_000), precision: .single,
    warmupIterations: 100, flowWarmupIterations: 0, paintedStart: false)

  /// The default: phases as shares of the budget, decaying rates, textures supervised without residuals too,
  /// bootstrapping to the end, little residual smoothness.
  public static let fast = TrainingConfiguration(
    sampling: .fast, weights: fastWeights, adam: AdamConfiguration(sparse: true), gridRate: 1e-2, networkRate: 1e-3,
    schedule: .exponential(from: 0.5, floor: 0.1), bareSchedule: .constant, coarseLightLevels: 3,
    bootstrapping: .never, globalRigidity: .fraction(0.2), rigidity: .never, precision: .bfloat16,
    warmupIterations: 0, flowWarmupIterations: 100, paintedStart: true)

  /// The same for a model that starts from given parameters: alpha tied to the masks for 500 iterations at most, as in the
  /// paper, where it is not tied to the end.
  /// - Parameters:
  ///   - holdsTextures: whether the parameters already say something of the clip's textures, which then are not painted.
  ///   - holdsMappings: whether their mappings are trained ones, which then need no warm-up.
  public func forFineTuning(holdsTextures: Bool, holdsMappings: Bool) -> TrainingConfiguration {
    var result = self
    if holdsTextures { result.paintedStart = false }
    if holdsMappings { result.warmupIterations = 0 }
    if case .iteration(let end) = bootstrapping { result.bootstrapping = .iteration(min(end, 500)) }
    return result
  }

  private static let paperWeights: LossWeights = {
    var weights = LossWeights()
    weights.globalRigidityForeground = 0
    weights.globalRigidityBackground = 0
    return weights
  }()

  private static let fastWeights: LossWeights = {
    var weights = LossWeights()
    weights.bare = 10
    // The paper has 2. More keeps moving legs in their layer, as the background's residual would paint them as well; soft
    // edges of masks push less than hard ones and need more.
    weights.bootstrapping = 5
    // The paper's 0.1 flattens residuals where they are needed too, through entries and weights that places share:
    // blackswan, 40 s: 28.5 dB with 0.1, 29.9 with 0.01, 30.5 with 0.002, 30.9 without.
    weights.residualSmoothness = 0.002
    weights.lightRegularisation = 0.015
    return weights
  }()
}

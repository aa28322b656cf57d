/// The weight of every loss (Guides/Model.md; names as in the paper's supplement, equations 6 to 16).
public struct LossWeights: Codable, Equatable, Sendable {
  /// Squared colour error of the reconstruction.
  public var rgb: Float = 5
  /// Squared colour error of the reconstruction *without* residuals, or with what changes of their coarse light alone
  /// (`CoarseLight`), so that the texture explains all it can and the residual only the rest. Not in the paper; 0
  /// switches it off.
  public var bare: Float = 0
  /// Squared error of forward differences in x and y.
  public var gradient: Float = 1
  /// Distance in pixels between the texture places of two matched pixels, weighted with the layer's opacity.
  public var flowMapping: Float = 0.01
  /// Difference of the opacities of two matched pixels.
  public var flowAlpha: Float = 0.05
  /// Squared norm of (1 - alpha) * colour of the foregrounds.
  public var sparsity: Float = 1
  /// 1 - normalised cross-correlation + 16 * variance of residual patches.
  public var residualSmoothness: Float = 0.1
  /// Mean of (residual - coarse light)^2, or of (residual - 1)^2 without a coarse light.
  public var residualRegularisation: Float = 0.5
  /// Mean of (coarse light - 1)^2: how large light becomes where the picture does not tell. Not in the paper; 0 switches
  /// it off.
  public var lightRegularisation: Float = 0
  /// Mean of -log(largest alpha).
  public var alphaRegularisation: Float = 0.1
  /// Frobenius norms of JtJ and of its inverse, step 1 px.
  public var rigidity: Float = 0.001
  /// The same with a step of `globalRigidityStep` pixels, for foregrounds and for the background.
  public var globalRigidityForeground: Float = 0.005
  public var globalRigidityBackground: Float = 0.05
  /// Binary cross-entropy between alpha and the given masks.
  public var bootstrapping: Float = 2

  enum CodingKeys: String, CodingKey {
    case rgb, bare, gradient, sparsity, rigidity, bootstrapping
    case flowMapping = "flow_mapping"
    case flowAlpha = "flow_alpha"
    case residualSmoothness = "residual_smoothness"
    case residualRegularisation = "residual_regularisation"
    case lightRegularisation = "light_regularisation"
    case alphaRegularisation = "alpha_regularisation"
    case globalRigidityForeground = "global_rigidity_foreground"
    case globalRigidityBackground = "global_rigidity_background"
  }

  public init() {}
}

/// The losses by name, weighted, as they enter the total.
public enum LossTerm: Int, CaseIterable, Codable, Sendable {
  case rgb, bare, gradient, flowMapping, flowAlpha, sparsity, residualSmoothness, residualRegularisation,
    lightRegularisation, alphaRegularisation, rigidity, globalRigidity, bootstrapping

  /// The name in logs and files.
  public var name: String {
    switch self {
    case .rgb: "rgb"
    case .bare: "bare"
    case .gradient: "gradient"
    case .flowMapping: "flow_mapping"
    case .flowAlpha: "flow_alpha"
    case .sparsity: "sparsity"
    case .residualSmoothness: "residual_smoothness"
    case .residualRegularisation: "residual_regularisation"
    case .lightRegularisation: "light_regularisation"
    case .alphaRegularisation: "alpha_regularisation"
    case .rigidity: "rigidity"
    case .globalRigidity: "global_rigidity"
    case .bootstrapping: "bootstrapping"
    }
  }
}

/// The value of every loss, already weighted.
public struct LossTerms: Equatable, Sendable {
  private var values = [Double](repeating: 0, count: LossTerm.allCases.count)

  public init() {}

  public subscript(term: LossTerm) -> Double {
    get { values[term.rawValue] }
    set { values[term.rawValue] = newValue }
  }

  public var total: Double { values.reduce(0, +) }

  /// Name -> value, for logs.
  public var byName: [String: Double] {
    Dictionary(uniqueKeysWithValues: LossTerm.allCases.map { ($0.name, self[$0]) })
  }

  public static func += (a: inout LossTerms, b: LossTerms) {
    for index in a.values.indices { a.values[index] += b.values[index] }
  }
}

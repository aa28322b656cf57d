/// Which points an iteration looks at. Points come in groups: three that form a stencil `p, p + (1, 0), p + (0, 1)`
/// for the gradient and rigidity losses, then `groupSize - 3` independent ones.
public struct SamplingConfiguration: Codable, Equatable, Sendable {
  /// Points an iteration: stencils where a group is one stencil (`groupSize` 3), else all points of the groups.
  public var batchPoints: Int
  /// Points of a group: 3, or more for independent points besides the stencil.
  public var groupSize: Int
  /// Whether the two neighbours of a stencil count in the colour and regularisation losses as well.
  public var neighboursCount: Bool
  /// Share of the points that is drawn from all pixels alike at first, in (0, 1]; the others are drawn in proportion to the
  /// error of the reconstruction, block by block. It rises to 1 as pixels have been seen often (`ErrorMap`). 1 is the paper's.
  public var uniformShare: Float
  /// Every how many points get flow matches.
  public var flowEvery: Int
  /// Whether a point is matched to both neighbouring frames or to one of them, drawn at random.
  public var bothFlowDirections: Bool
  /// Every how many points get a global rigidity term.
  public var globalRigidityEvery: Int
  /// Step of the global rigidity term in pixels.
  public var globalRigidityStep: Float
  /// Every how many points get a residual patch, where the camera moves. A patch costs 9 mapping and 18 residual evaluations.
  public var patchEvery: Int
  /// Width of the band along the frame's border that residual patches are drawn from, as a share of the shorter side.
  public var patchBorder: Float
  /// How far from its mask a foreground is always evaluated, as a share of the frame's longer side; from 1 on, everywhere.
  public var foregroundMargin: Float
  /// Beyond that margin a foreground is evaluated at one in so many points.
  public var farForegroundEvery: Int
  /// Pixels on each side of a mask's edge at which bootstrapping leaves the opacity to the colours: masks have hard edges,
  /// objects do not.
  public var maskBorder: Int
  /// Whether masks get soft edges (`SoftEdges`), where bootstrapping knows little more than alpha's side of one half, and
  /// sparsity and alpha's regularisation say nothing. Otherwise masks count as they are, everywhere.
  public var softMaskEdges: Bool

  enum CodingKeys: String, CodingKey {
    case batchPoints = "batch_points"
    case groupSize = "group_size"
    case neighboursCount = "neighbours_count"
    case uniformShare = "uniform_share"
    case flowEvery = "flow_every"
    case bothFlowDirections = "both_flow_directions"
    case globalRigidityEvery = "global_rigidity_every"
    case globalRigidityStep = "global_rigidity_step"
    case patchEvery = "patch_every"
    case patchBorder = "patch_border"
    case foregroundMargin = "foreground_margin"
    case farForegroundEvery = "far_foreground_every"
    case maskBorder = "mask_border"
    case softMaskEdges = "soft_mask_edges"
  }

  /// The paper's: stencils only, both flow directions for every point, 100,000 points.
  public static let paper = SamplingConfiguration(
    batchPoints: 100_000, groupSize: 3, neighboursCount: false, uniformShare: 1, flowEvery: 1, bothFlowDirections: true,
    globalRigidityEvery: 1, globalRigidityStep: 100, patchEvery: 30, patchBorder: 0.1,
    foregroundMargin: 1, farForegroundEvery: 1, maskBorder: 0, softMaskEdges: false)

  /// Mostly independent points, and the slow terms at a rate that they tolerate.
  public static let fast = SamplingConfiguration(
    batchPoints: 6000, groupSize: 12, neighboursCount: true, uniformShare: 0.2, flowEvery: 8, bothFlowDirections: false,
    globalRigidityEvery: 8, globalRigidityStep: 100, patchEvery: 96, patchBorder: 0.1,
    foregroundMargin: 0.06, farForegroundEvery: 8, maskBorder: 0, softMaskEdges: true)

  /// Groups an iteration.
  var groups: Int {
    groupSize == 3 ? batchPoints : (batchPoints + groupSize - 1) / groupSize
  }
}

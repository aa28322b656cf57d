import Foundation
import Media
import Perception

/// The masks of a clip's objects, and how far they agree with true ones.
public struct MaskReport: Codable, Equatable, Sendable {
  public struct Object: Codable, Equatable, Sendable {
    /// The name of its layer.
    public var name: String
    /// The share of each frame that it covers.
    public var coverage: [Double]
    /// How far its masks agree with the true ones, where there are any.
    public var agreement: MaskAgreement?
  }

  /// Where the masks come from.
  public var origin: String
  /// How sure masks that were found without help are of themselves (`AutomaticMaskResult.certainty`).
  public var certainty: Double?
  public var objects: [Object]
}

/// Finds the masks of a clip's objects, writes them with a video to look at, compares them with true ones.
public struct MaskSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Parameters:
  ///   - output: where to write (`MaskOutput`); nil writes nothing.
  ///   - truth: masks to compare with, as for `MaskChoice.given`.
  /// - Throws: `SessionError`, `MediaError`, `PerceptionError`; `SessionError.otherLayers` where the true masks are of
  ///   other objects.
  public func run(
    source: ClipSource, masks choice: MaskChoice = .automatic, flow method: FlowChoice = .dis, output: URL? = nil,
    against truth: String? = nil
  ) throws -> MaskReport {
    let output = output.map(MaskOutput.init)
    try output?.check(source: source.path)
    let clip = try source.read(context)
    let known = try truth.map { try GivenMasks.read($0, for: clip) }
    try choice.checkHints(for: clip)
    let flow = try Preparation.flow(of: clip, method, context)
    let shots = try SourceShots(of: clip, flow: flow)
    if !shots.cuts.isEmpty { context.onEvent(.warning(ShotSentence.cuts(shots.cuts, longest: shots.longest))) }
    let found = try choice.masks(of: clip, flow: flow, context)
    try output?.write(found.objects, over: clip, context)
    return MaskReport(
      origin: found.origin, certainty: found.certainty,
      objects: try found.objects.map { object in
        MaskReport.Object(
          name: object.name, coverage: object.masks.map(\.coverage),
          agreement: try known.map { try agreement(of: object, among: found.objects.count, $0) })
      })
  }

  /// A single object is compared with a single true one, whatever their names.
  private func agreement(of object: ObjectMasks, among count: Int, _ known: [ObjectMasks]) throws -> MaskAgreement {
    let same = known.first { $0.name == object.name } ?? (count == 1 && known.count == 1 ? known[0] : nil)
    guard let same else { throw SessionError.unknownLayer(name: object.name, known: known.map(\.name)) }
    return try MaskAgreement(of: object.masks, against: same.masks)
  }
}

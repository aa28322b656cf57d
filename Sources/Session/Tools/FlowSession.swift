import Foundation
import Media
import Perception

/// Estimates the flow of a clip, writes it as files, compares it with a given one.
public struct FlowSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// What was done.
  public struct Result: Sendable {
    /// The number of files written.
    public var files: Int
    /// How far the flow is from the given one, where there is one.
    public var error: EndPointError?
  }

  /// - Parameters:
  ///   - output: the folder to write; nil writes nothing.
  ///   - truth: flow to compare with: one file, for the way from the first frame to the second, or a folder of files as
  ///     `FlowFolder` names them.
  /// - Throws: `SessionError.fileAbsent`, `.flowSize`, `MediaError`, and what the method throws.
  public func run(
    source: ClipSource, method: FlowChoice = .dis, output: URL?, format: FlowFolder.Format, against truth: URL? = nil
  ) throws -> Result {
    try output.map { try checkIsNotRead($0, source, method, truth) }
    let clip = try source.read(context)
    let known = try truth.map { try FlowSession.measured($0, clip) }
    if let output { try FileAccess.makeFolder(output) }
    let flow = try Preparation.flow(of: clip, method, context)
    var result = Result(files: 0, error: nil)
    if let truth, let known {
      let fields = known.count == 1 ? [flow[0].forward] : flow.flatMap { [$0.forward, $0.backward] }
      guard let error = EndPointError(of: fields, against: known) else {
        throw MediaError.unsuitable(path: truth.path, detail: "it knows the flow of no pixel")
      }
      result.error = error
    }
    if let output {
      context.onEvent(.began(.rendering))
      try FlowFolder(output).write(flow, format: format, shouldStop: context.shouldStop)
      result.files = 2 * flow.count
    }
    return result
  }

  /// Flow as pictures among the clip's would be taken for frames, and flow files take each other's place.
  private func checkIsNotRead(_ output: URL, _ source: ClipSource, _ method: FlowChoice, _ truth: URL?) throws {
    var read = [try ClipReader.location(URL(fileURLWithPath: source.path)), truth].compactMap { $0 }
    if case .files(let folder) = method { read.append(folder) }
    if read.contains(where: { FileAccess.isSame($0, output) }) { throw SessionError.outputIsInput(path: output.path) }
  }

  private static func measured(_ url: URL, _ clip: Clip) throws -> [MeasuredFlow] {
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--against", path: url.path) }
    if FileAccess.isFolder(url) { return try FlowFolder(url).measured(frames: clip.frames.count, size: clip.size) }
    return [try FlowFolder.measured(url, size: clip.size)]
  }
}

import Foundation
import Media

/// Estimates the flow of a clip and writes it as files.
public struct FlowSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: the number of files written.
  public func run(source: ClipSource, output: URL, format: FlowFolder.Format) throws -> Int {
    let clip = try source.read(context)
    try FileAccess.makeFolder(output)
    let flow = try Preparation.flow(of: clip, context)
    try FlowFolder(output).write(flow, format: format)
    return 2 * flow.count
  }
}

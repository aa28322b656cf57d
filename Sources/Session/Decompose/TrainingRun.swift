import CKernels
import Decomposition
import Foundation

/// The training of a project: its events go to the session's listener and, one JSON object a line, to `metrics.jsonl`.
struct TrainingRun {
  let project: Project
  let trainer: Trainer
  let context: SessionContext

  init(project: Project, trainer: Trainer, _ context: SessionContext) {
    self.project = project
    self.trainer = trainer
    self.context = context
  }

  /// Trains until the project's budget is used up.
  /// - Throws: `SessionError.interrupted` after the checkpoint was saved; what the trainer throws.
  func run() throws -> ProjectRecord.Run {
    context.onEvent(.began(.training))
    let journal = try Journal(project.layout.metrics, keepsLines: trainer.iteration > 0)
    var failure: (any Error)?
    let outcome = try trainer.train(
      budget: project.record.budget, checkpoint: project.layout.checkpoint,
      shouldStop: { context.shouldStop() || failure != nil },
      onEvent: { event in
        if case .evaluated(let progress) = event {
          do { try journal.append(progress) } catch { failure = failure ?? error }
        }
        context.pass(event)
      })
    if let failure { throw failure }
    if outcome == .interrupted {
      if trainer.isPrepared { context.onEvent(.checkpointSaved(project.layout.checkpoint)) }
      throw SessionError.interrupted
    }
    return ProjectRecord.Run(
      iterations: trainer.iteration, seconds: trainer.elapsed, kernels: String(cString: ck_active().pointee.name))
  }
}

/// A file to which JSON objects are appended, one a line.
private final class Journal {
  private let handle: FileHandle
  private let path: String

  init(_ url: URL, keepsLines: Bool) throws {
    path = url.path
    if !keepsLines || !FileAccess.exists(url) { try FileAccess.write(Data(), to: url) }
    do {
      handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
    } catch {
      throw SessionError.unwritable(path: path, reason: FileAccess.reason(of: error))
    }
  }

  deinit { try? handle.close() }

  func append(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var line = try encoder.encode(value)
    line.append(0x0A)
    do {
      try handle.write(contentsOf: line)
    } catch {
      throw SessionError.unwritable(path: path, reason: FileAccess.reason(of: error))
    }
  }
}

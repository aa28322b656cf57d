import Decomposition
import Dispatch
import Foundation
import NeuralField

/// Trains a clip from two starts with everything else equal.
struct StartComparison {
  let clip: TrainingClip
  let name: String
  let configuration: DecompositionConfiguration
  let seed: UInt64
  let threads: Int
  let context: SessionContext

  /// Measurements of a curve after its first.
  private static let measurements = 50

  /// Parameters to start from.
  struct Start {
    var name: String
    /// nil: random values.
    var parameters: AlignedBuffer?
    /// How long they took to find.
    var seconds: Double
    /// Whether the parameters say something of the clip's textures.
    var holdsTextures: Bool
    /// Whether they have trained mappings.
    var holdsMappings: Bool
  }

  /// Finds the parameters of a start for the clip.
  /// - Throws: what tells that they are for another model.
  func start(_ initial: any InitialParameters) throws -> Start {
    let begin = DispatchTime.now().uptimeNanoseconds
    let parameters = try initial.parameters(for: clip, called: name, model: configuration.model, seed: seed)
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
    return Start(
      name: initial.name, parameters: parameters, seconds: parameters == nil ? 0 : seconds,
      holdsTextures: initial.holdsTextures, holdsMappings: initial.holdsMappings)
  }

  /// One run: train, measure on the way, evaluate in full at the end.
  /// - Parameter reference: the clip with the masks that alpha is compared with; nil: those of the training.
  /// - Throws: `SessionError.interrupted`; what training and measuring throw.
  func train(
    from start: Start, _ budget: TrainingBudget, reference: TrainingClip? = nil
  ) throws -> ComparedStarts.Run {
    var configuration = configuration
    if start.parameters != nil {
      configuration.training = configuration.training.forFineTuning(
        holdsTextures: start.holdsTextures, holdsMappings: start.holdsMappings)
    }
    let trainer = try Trainer(
      clip: clip, configuration: configuration, seed: seed, parameters: start.parameters, threads: threads)
    context.onEvent(.began(.training))
    var measured = 0
    let curve = try trainer.curve(
      budget: budget, measurements: Self.measurements, shouldStop: context.shouldStop,
      onEvent: context.pass,
      onPoint: { _ in
        context.onEvent(.advanced(.training, done: measured, total: max(measured, Self.measurements)))
        measured += 1
      })
    if context.shouldStop() { throw SessionError.interrupted }
    context.onEvent(.began(.evaluating))
    let evaluation = try Evaluation.measure(Renderer(model: trainer.model), clip: reference ?? clip) { done in
      context.onEvent(.advanced(.evaluating, done: done, total: clip.frames.count))
    }
    context.onEvent(
      .note(
        "\(start.name), \(budget.text): \(trainer.iteration) iterations, \(TextFormat.decimal(evaluation.psnr, 2)) dB"
      ))
    return ComparedStarts.Run(
      start: start.name, startSeconds: start.seconds, curve: curve, evaluation: evaluation)
  }
}

import Dispatch
import Foundation

/// Something that looks at every frame of a `RenderPass`: a metric, a texture's coverage, a video.
public protocol FrameObserver {
  /// What is to be done with a frame, in pieces that may run at the same time on several threads.
  ///
  /// The frame's memory is used again for the next one; all pieces of a frame are done before that.
  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void]
}

/// One look at every frame of a model: each network is evaluated once a pixel, on all lanes, and then everything that
/// wants to see the frame sees it, on all lanes again. Memory is that of one frame, however many there are.
public struct RenderPass {
  private let renderer: Renderer
  private let parts: PointEvaluator.Parts

  /// A pass that renders frames whole.
  public init(_ renderer: Renderer) { self.init(renderer, parts: .colour) }

  /// - Parameter parts: what the observers read of a frame.
  init(_ renderer: Renderer, parts: PointEvaluator.Parts) {
    self.renderer = renderer
    self.parts = parts
  }

  /// - Parameter onFrame: called after every frame with the number of frames done; ends the pass where it throws.
  /// - Throws: the first error of an observer's piece, or of `onFrame`.
  public func run(_ observers: [any FrameObserver], onFrame: (Int) throws -> Void = { _ in }) throws {
    var frame: RenderedFrame?
    for index in 0..<renderer.model.geometry.frameCount {
      let rendered = renderer.render(index, parts: parts, reusing: frame)
      try run(observers.flatMap { $0.pieces(rendered) })
      try onFrame(index + 1)
      frame = rendered
    }
  }

  private func run(_ pieces: [@Sendable () throws -> Void]) throws {
    if renderer.evaluator.runner.lanes > 1 { return try Parallel.perform(pieces) }
    for piece in pieces { try piece() }
  }
}

/// Work that may fail, on all cores.
public enum Parallel {
  /// Runs all pieces and waits for them.
  /// - Throws: the error of the first piece, in their order, that failed.
  public static func perform(_ pieces: [@Sendable () throws -> Void]) throws {
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
      do { try pieces[index]() } catch { failures.add(error, at: index) }
    }
    if let error = failures.first { throw error }
  }

  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [Int: any Error] = [:]

    func add(_ error: any Error, at index: Int) { lock.withLock { errors[index] = error } }

    var first: (any Error)? { lock.withLock { errors.min { $0.key < $1.key }?.value } }
  }
}

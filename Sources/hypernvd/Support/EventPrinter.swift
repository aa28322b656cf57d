import Decomposition
import Foundation
import Hypernetwork
import Logging
import Session

/// Shows a session's events: a progress line where stderr is a terminal, messages in the log.
final class EventPrinter {
  private let format: LogFormat
  private var stageStart = Date()

  init(_ options: LogOptions) {
    format = options.logFormat
  }

  /// The context that a session of this command runs in.
  var context: SessionContext {
    SessionContext(onEvent: show, shouldStop: { Interrupt.shared.isRequested })
  }

  private func show(_ event: SessionEvent) {
    switch event {
    case .began(let stage):
      Interrupt.shared.isDeferred = stage.stopsItself
      stageStart = Date()
      Terminal.showProgress("\(stage.rawValue) ...")
    case .advanced(let stage, let done, let total):
      advance(stage, done, total)
    case .clipRead(let name, let frames, let size):
      info(
        "clip \(name): frames \(frames.lowerBound)..<\(frames.upperBound), \(size)",
        ["event": "clip", "name": "\(name)", "frames": .stringConvertible(frames.count), "size": "\(size)"])
    case .clipReady(let name, let number, let total, let isNew):
      info(
        "clip \(number) of \(total), \(name): \(isNew ? "prepared" : "ready")",
        [
          "event": "clip ready", "name": "\(name)", "number": .stringConvertible(number),
          "total": .stringConvertible(total), "isNew": .stringConvertible(isNew),
        ])
    case .masksFound(let layer, let method, let coverage):
      showMasks(layer, method, coverage)
    case .training(let progress):
      showTraining(progress)
    case .evaluated(let progress):
      showEvaluation(progress)
    case .checkpointSaved(let url):
      info("checkpoint saved: \(url.path)", ["event": "checkpoint", "path": "\(url.path)"])
    case .initialised(let psnr, let bare):
      info(
        "predicted by the metamodel: \(TextFormat.decimal(psnr, 2)) dB before any training",
        [
          "event": "initialised", "psnr": .stringConvertible(psnr), "psnrWithoutResiduals": .stringConvertible(bare),
        ])
    case .metaVisit(let visit):
      showVisit(visit)
    case .predicted(let video, let psnr):
      info(
        "\(video): predicted at \(TextFormat.decimal(psnr, 2)) dB",
        ["event": "predicted", "video": "\(video)", "psnr": .stringConvertible(psnr)])
    case .wrote(let url):
      info("wrote \(url.path)", ["event": "wrote", "path": "\(url.path)"])
    case .note(let sentence):
      info(sentence, ["event": "note"])
    case .warning(let sentence):
      Log.logger.warning("\(sentence)", metadata: ["event": "warning"])
    }
  }

  private func advance(_ stage: Stage, _ done: Int, _ total: Int) {
    let elapsed = Date().timeIntervalSince(stageStart)
    let left = done > 0 ? elapsed * Double(total - done) / Double(done) : .infinity
    Terminal.showProgress("\(stage.rawValue) \(done)/\(total), \(TextFormat.duration(left)) left")
    if format == .json && done == total {
      info(
        "\(stage.rawValue) done",
        ["event": "stage", "stage": "\(stage.rawValue)", "seconds": .stringConvertible(elapsed)])
    }
  }

  private func showMasks(_ layer: String, _ method: String, _ coverage: [Double]) {
    let mean = coverage.reduce(0, +) / Double(max(1, coverage.count))
    let low = coverage.min() ?? 0
    let high = coverage.max() ?? 0
    info(
      "masks of \(layer) (\(method)): \(TextFormat.percent(mean)) of the frame, "
        + "from \(TextFormat.percent(low)) to \(TextFormat.percent(high))",
      [
        "event": "masks", "layer": "\(layer)", "method": "\(method)",
        "coverage": .array(coverage.map { .stringConvertible($0) }),
      ])
  }

  private func showTraining(_ progress: TrainingProgress) {
    Terminal.showProgress(
      "training \(EventPrinter.share(progress)), \(EventPrinter.rate(progress)), "
        + "\(TextFormat.duration(progress.remainingSeconds)) left\(EventPrinter.psnr(progress))")
    if format == .json { info("training", EventPrinter.fields(progress, event: "progress")) }
  }

  private func showVisit(_ visit: MetaVisit) {
    let videos = visit.videos.joined(separator: ", ")
    let adapted = visit.adaptedPSNR.map { " -> \(TextFormat.decimal($0, 2))" } ?? ""
    let text =
      "visit \(visit.visit)\(visit.totalVisits.map { "/\($0)" } ?? ""), \(videos): "
      + "\(TextFormat.decimal(visit.psnr, 2))\(adapted) dB, \(TextFormat.duration(visit.remainingSeconds)) left"
    Terminal.showProgress(text)
    // Every visit where a program listens, now and then where nobody sees the progress line.
    guard format == .json || (!Terminal.isInteractive && visit.visit.isMultiple(of: 20)) else { return }
    var fields: Logger.Metadata = [
      "event": "visit", "visit": .stringConvertible(visit.visit),
      "videos": .array(visit.videos.map { .string($0) }), "psnr": .stringConvertible(visit.psnr),
      "loss": .stringConvertible(visit.loss), "elapsedSeconds": .stringConvertible(visit.elapsedSeconds),
      "remainingSeconds": .stringConvertible(visit.remainingSeconds),
    ]
    if let adapted = visit.adaptedPSNR { fields["adaptedPSNR"] = .stringConvertible(adapted) }
    info(text, fields)
  }

  private func showEvaluation(_ progress: TrainingProgress) {
    let bare = progress.psnrWithoutResiduals.map { ", \(TextFormat.decimal($0, 2)) dB without residuals" } ?? ""
    info(
      "trained \(TextFormat.duration(progress.elapsedSeconds)), \(progress.iteration) iterations"
        + "\(EventPrinter.psnr(progress))\(bare)",
      EventPrinter.fields(progress, event: "evaluated"))
  }

  private func info(_ message: String, _ metadata: Logger.Metadata) {
    Log.logger.info("\(message)", metadata: metadata)
  }

  private static func fields(_ progress: TrainingProgress, event: String) -> Logger.Metadata {
    var fields: Logger.Metadata = [
      "event": "\(event)", "iteration": .stringConvertible(progress.iteration),
      "elapsedSeconds": .stringConvertible(progress.elapsedSeconds),
      "remainingSeconds": .stringConvertible(progress.remainingSeconds),
      "pointsPerSecond": .stringConvertible(progress.pointsPerSecond),
      "losses": .dictionary(progress.losses.mapValues { .stringConvertible($0) }),
    ]
    if let total = progress.totalIterations { fields["totalIterations"] = .stringConvertible(total) }
    if let psnr = progress.psnr { fields["psnr"] = .stringConvertible(psnr) }
    if let psnr = progress.psnrWithoutResiduals { fields["psnrWithoutResiduals"] = .stringConvertible(psnr) }
    return fields
  }

  private static func share(_ progress: TrainingProgress) -> String {
    let done = progress.elapsedSeconds / max(1e-9, progress.elapsedSeconds + progress.remainingSeconds)
    return "\(Int(done * 100)) %"
  }

  private static func rate(_ progress: TrainingProgress) -> String {
    "\(Int(progress.pointsPerSecond / 1000)) k points/s"
  }

  private static func psnr(_ progress: TrainingProgress) -> String {
    progress.psnr.map { ", \(TextFormat.decimal($0, 2)) dB" } ?? ""
  }
}

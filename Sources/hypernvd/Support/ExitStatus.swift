import Decomposition
import Editing
import Embedding
import Exchange
import Foundation
import Hypernetwork
import Inference
import Media
import Perception
import Session
import Weights

/// The exit codes that scripts can rely on.
enum ExitStatus: Int32 {
  /// The command line is wrong.
  case usage = 64
  /// An input is unreadable or unsuitable.
  case badData = 65
  /// An input is absent.
  case inputAbsent = 66
  /// A fault of the program.
  case internalFault = 70
  /// An output cannot be written.
  case output = 74
  /// Stopped by Ctrl-C.
  case interrupted = 130

  /// The one place that decides what an error means to the caller's script.
  init(_ error: any Error) {
    switch error {
    case let error as SessionError: self = ExitStatus(session: error)
    case let error as MediaError: self = ExitStatus(error.category)
    case let error as PerceptionError: self = error.category == .badData ? .badData : .internalFault
    case is EditingError: self = .badData
    case let error as ExchangeError: self = ExitStatus(error)
    case let error as DecompositionError: self = ExitStatus(error.category)
    case let error as EmbeddingError: self = error.category == .inputAbsent ? .inputAbsent : .badData
    case let error as HypernetworkError: self = ExitStatus(error.category)
    case let error as WeightsError: self = ExitStatus(error.category)
    case let error as FetchError: self = ExitStatus(fetch: error)
    case is InferenceError: self = .internalFault
    case let error as NSError where error.domain == NSPOSIXErrorDomain: self = .output
    default: self = .internalFault
    }
  }

  private init(_ category: MediaError.Category) {
    switch category {
    case .inputAbsent: self = .inputAbsent
    case .badData: self = .badData
    case .outputUnwritable: self = .output
    }
  }

  private init(_ error: ExchangeError) {
    switch error {
    case .corrupt, .unsupported: self = .badData
    case .encoding: self = .internalFault
    }
  }

  private init(_ category: DecompositionError.Category) {
    switch category {
    case .inputAbsent: self = .inputAbsent
    case .unsuitableData: self = .badData
    case .internal: self = .internalFault
    }
  }

  private init(_ category: HypernetworkError.Category) {
    switch category {
    case .usage: self = .usage
    case .badData: self = .badData
    case .inputAbsent: self = .inputAbsent
    }
  }

  private init(_ category: WeightsError.Category) {
    switch category {
    case .inputAbsent: self = .inputAbsent
    case .badData: self = .badData
    case .outputUnwritable: self = .output
    }
  }

  private init(fetch error: FetchError) {
    switch error {
    case .noCurl, .unreachable, .refused: self = .inputAbsent
    case .wrongChecksum: self = .badData
    case .unwritable: self = .output
    case .interrupted: self = .interrupted
    case .unknownModel: self = .usage
    }
  }

  private init(session error: SessionError) {
    switch error {
    case .projectAbsent, .sourceAbsent, .fileAbsent, .noSuchEdit, .tableClipsAbsent: self = .inputAbsent
    case .unknownLayer, .unknownClip, .badSetting, .badEditName, .badLayerName: self = .usage
    case .foreignFolder, .projectExists, .outputIsInput, .fileExists, .checkpointExists, .otherMasks, .unwritable:
      self = .output
    case .peerFailed: self = .internalFault
    case .interrupted: self = .interrupted
    case .notAProject, .recordCorrupt, .recordNewer, .notTrained, .alreadyFinished, .alreadyTrained, .sourceChanged,
      .tooFewFrames,
      .maskWithoutObject, .hiddenObject, .hintUnusable, .severalShots, .editShape, .flowSize, .otherLayers, .noClips:
      self = .badData
    }
  }
}

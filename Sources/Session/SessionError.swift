import Foundation
import Media

/// What can go wrong between a clip and a finished project, apart from what the modules below report themselves.
public enum SessionError: Error, Equatable, Sendable {
  /// No folder at the path.
  case projectAbsent(path: String)
  /// A folder without a `project.json`.
  case notAProject(path: String)
  /// The output folder holds files that are not a project's.
  case foreignFolder(path: String)
  /// The output folder is a project already, and neither resuming nor replacing it was asked for.
  case projectExists(path: String)
  /// `project.json` cannot be understood.
  case recordCorrupt(path: String, reason: String)
  /// `project.json` was written by a later version of the program.
  case recordNewer(path: String, version: Int, supported: Int)
  /// The project has no trained model yet.
  case notTrained(path: String)
  /// Resuming was asked for where there is nothing to continue from.
  case nothingToResume(path: String)
  /// The clip of the project is no longer where it was.
  case sourceAbsent(path: String)
  /// The clip of the project no longer has the recorded number of frames or size.
  case sourceChanged(path: String, expected: String, found: String)
  /// A file named by an option is not there.
  case fileAbsent(option: String, path: String)
  /// Fewer frames than a decomposition needs.
  case tooFewFrames(count: Int, needed: Int)
  /// A mask that covers nothing, or everything, in every frame.
  case maskWithoutObject(layer: String, coverage: Double)
  /// A layer name that the project does not have.
  case unknownLayer(name: String, known: [String])
  /// An edited texture whose shape is not the texture's.
  case editShape(layer: String, path: String, found: PixelSize)
  /// A setting that the configuration does not have, or a value that it does not take.
  case badSetting(key: String, reason: String)
  /// A file that was cached by an earlier run and is damaged.
  case cacheCorrupt(path: String, reason: String)
  /// A file or folder that cannot be written.
  case unwritable(path: String, reason: String)
  /// The peer of a benchmark did not run.
  case peerFailed(reason: String)
  /// The work was stopped before it was done; nothing half-written is left.
  case interrupted
}

extension SessionError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .projectAbsent(let path):
      return "There is no project at '\(path)'. Make one with 'hypernvd decompose CLIP -o \(path)'."
    case .notAProject(let path):
      return "The folder '\(path)' holds no project.json, so it is not a project. Name a folder that 'decompose' wrote."
    case .foreignFolder(let path):
      return "The folder '\(path)' holds files that are not a project. Name a new or empty folder, or add --force."
    case .projectExists(let path):
      return "There is a project in '\(path)' already. Continue it with --resume, or replace it with --force."
    case .recordCorrupt(let path, let reason):
      return "'\(path)' cannot be read as a project record: \(reason). Decompose the clip again, or restore the file."
    case .recordNewer(let path, let version, let supported):
      return "'\(path)' has version \(version), this program reads up to \(supported). Use a newer hypernvd."
    case .notTrained(let path):
      return "The project '\(path)' has no trained model yet. Finish it with 'decompose --resume'."
    case .nothingToResume(let path):
      return "There is nothing to resume in '\(path)': no checkpoint. Start it without --resume."
    case .sourceAbsent(let path):
      return "The clip of this project is no longer at '\(path)'. Put it back, or name its new place with --source."
    case .sourceChanged(let path, let expected, let found):
      return "The clip '\(path)' changed since the project was made: expected \(expected), found \(found)."
    case .fileAbsent(let option, let path):
      return "\(option): there is no file '\(path)'."
    case .tooFewFrames(let count, let needed):
      return "The clip has \(count) frame\(count == 1 ? "" : "s"); a decomposition needs at least \(needed)."
    case .maskWithoutObject(let layer, let coverage):
      let share = coverage < 0.5 ? "nothing" : "everything"
      return "The mask of layer '\(layer)' covers \(share) in every frame. Give masks of the object (white) only."
    case .unknownLayer(let name, let known):
      return "There is no layer '\(name)'. The layers are: \(known.joined(separator: ", "))."
    case .editShape(let layer, let path, let found):
      return "'\(path)' is \(found), but the texture of layer '\(layer)' is square. Edit a copy of its texture.png."
    case .badSetting(let key, let reason):
      return "Setting '\(key)': \(reason)."
    case .cacheCorrupt(let path, let reason):
      return "The cached file '\(path)' is damaged: \(reason). Delete it; it will be computed again."
    case .unwritable(let path, let reason):
      return "Cannot write '\(path)': \(reason). Name another place, or make room there."
    case .peerFailed(let reason):
      return "The PyTorch peer did not run: \(reason)."
    case .interrupted:
      return "Interrupted."
    }
  }
}

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
  /// Resuming was asked for where everything is done.
  case alreadyFinished(path: String)
  /// More training was asked for where only the files are still to be written.
  case alreadyTrained(path: String)
  /// The clip of the project is no longer where it was.
  case sourceAbsent(path: String)
  /// The clip of the project no longer has the recorded number of frames or size.
  case sourceChanged(path: String, expected: String, found: String)
  /// A file named by an option is not there.
  case fileAbsent(option: String, path: String)
  /// Fewer frames than a decomposition needs.
  case tooFewFrames(count: Int, needed: Int)
  /// The clip holds several shots: the frames of the source that begin another one, and the longest shot.
  case severalShots(cuts: [Int], longest: Range<Int>)
  /// The masks are not those of the project's layers.
  case otherLayers(found: [String], expected: [String])
  /// The folder for masks holds some of other objects.
  case otherMasks(path: String, found: String)
  /// An object whose masks lie all within those of objects in front of it.
  case hiddenObject(layer: String, front: String)
  /// A mask that covers nothing, or everything, in every frame.
  case maskWithoutObject(layer: String, coverage: Double)
  /// What was said about an object in a frame does not fit the clip; the sentence says what and why.
  case hintUnusable(String)
  /// An object's name that no layer can have.
  case badLayerName(String)
  /// A layer name that the project does not have.
  case unknownLayer(name: String, known: [String])
  /// An edited texture whose shape is not the texture's.
  case editShape(layer: String, path: String, found: PixelSize)
  /// A name that no kept edit can have.
  case badEditName(String)
  /// A kept edit that the project does not have.
  case noSuchEdit(name: String, known: [String])
  /// A clip name that a table of the paper does not have.
  case unknownClip(name: String, known: [String])
  /// A data folder without any of the clips that are wanted.
  case tableClipsAbsent(path: String, wanted: [String])
  /// A setting that the configuration does not have, or a value that it does not take.
  case badSetting(key: String, reason: String)
  /// A folder or list in which there is no clip.
  case noClips(path: String)
  /// An output that would replace what is read.
  case outputIsInput(path: String)
  /// A file that would be overwritten.
  case fileExists(path: String)
  /// An interrupted run that would be lost.
  case checkpointExists(path: String)
  /// A flow file of another size than the frames.
  case flowSize(path: String, found: PixelSize, expected: PixelSize)
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
      "there is no project at \(path); make one with: hypernvd decompose CLIP -o \(path)"
    case .notAProject(let path):
      "\(path) holds no project.json, so it is not a project; name a folder that decompose wrote"
    case .foreignFolder(let path):
      "\(path) holds files that are not a project's; name a new or empty folder, or add --force"
    case .projectExists(let path):
      "there is a project in \(path) already; continue it with decompose --resume, or replace it with --force"
    case .recordCorrupt(let path, let reason):
      "\(path) cannot be read as the record of a project: \(reason); decompose the clip again, or restore the file"
    case .recordNewer(let path, let version, let supported):
      "\(path) has version \(version), this program reads up to \(supported); use a newer hypernvd"
    case .notTrained(let path):
      "the project \(path) has no trained model yet; finish it with decompose --resume"
    case .alreadyFinished(let path):
      "the project \(path) is finished, there is nothing to resume; replace it with --force"
    case .alreadyTrained(let path):
      "the training of \(path) is done, only its files are to be written; resume it without a budget, or replace it with "
        + "--force"
    case .sourceAbsent(let path):
      "the clip of this project is no longer at \(path); put it back, or name its new place: --source PATH, or "
        + "decompose PATH --resume"
    case .sourceChanged(let path, let expected, let found):
      "the clip \(path) is not the one that the project was made from: expected \(expected), found \(found)"
    case .fileAbsent(let option, let path):
      "\(option): there is no file \(path); check the spelling"
    case .tooFewFrames(let count, let needed):
      "the clip has \(count) frame\(count == 1 ? "" : "s"); a decomposition needs at least \(needed)"
    case .severalShots(let cuts, let longest):
      ShotSentence.cuts(cuts, longest: longest) + ", or add --ignore-cuts where there is none"
    case .otherLayers(let found, let expected):
      "the masks are of \(found.joined(separator: ", ")), but the project's layers are \(expected.joined(separator: ", "))"
    case .otherMasks(let path, let found):
      "\(path) holds masks of other objects (\(found)), which would be read with these; name a new folder"
    case .hiddenObject(let layer, let front):
      "the masks of \(layer) lie within those of objects in front of it; the first object is in front (\(front)), and "
        + "folders come in the order of their names: name them the other way round"
    case .maskWithoutObject(let layer, let coverage):
      "the mask of \(layer) covers \(coverage < 0.5 ? "nothing" : "everything") in every frame; "
        + "give masks that are white on the object and black elsewhere"
    case .hintUnusable(let sentence): sentence
    case .badLayerName(let name):
      "'\(name)' cannot be the name of a layer; use a word of at most 100 bytes without a dot before it"
    case .unknownLayer(let name, let known):
      "there is no layer \(name); the layers are \(known.joined(separator: ", "))"
    case .editShape(let layer, let path, let found):
      "\(path) is \(found), but the texture of \(layer) is square; edit a copy of its texture.png"
    case .badEditName(let name):
      "'\(name)' cannot be the name of an edit; use a plain word other than \(ProjectLayout.editModels)"
    case .noSuchEdit(let name, let known):
      "the project keeps no edit \(name); "
        + (known.isEmpty ? "keep one with render --keep \(name)" : "it keeps \(known.joined(separator: ", "))")
    case .unknownClip(let name, let known):
      "there is no clip \(name) in this table; it has \(known.joined(separator: ", "))"
    case .tableClipsAbsent(let path, let wanted):
      "\(path) has none of the clips \(wanted.joined(separator: ", ")); each is a folder NAME with frames/ and masks/ in it"
    case .badSetting(let key, let reason):
      "setting \(key): \(reason)"
    case .noClips(let path):
      "\(path) holds no clip; name video files, folders of images, or a folder of those"
    case .outputIsInput(let path):
      "\(path) is what is read, or holds it; name another place for the result"
    case .fileExists(let path):
      "\(path) is there already; name another file, or replace it with --force"
    case .checkpointExists(let path):
      "\(path) is left from an interrupted run; continue it with --resume, or begin anew with --force"
    case .flowSize(let path, let found, let expected):
      "the flow in \(path) is \(found), but the frames are \(expected); make it at that size"
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason)"
    case .peerFailed(let reason):
      "the PyTorch peer did not run: \(reason)"
    case .interrupted:
      "interrupted"
    }
  }
}

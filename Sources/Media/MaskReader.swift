import Foundation

/// Reads the masks of a clip's objects.
public enum MaskReader {
  /// The name of an object that is the only one.
  public static let onlyObject = "foreground"
  /// The name of what no object covers, which no object may have.
  public static let background = "background"

  /// The masks of every object for the given source frames, at the clip's size (nearest neighbour), values 0 and 255.
  ///
  /// - Parameters:
  ///   - url: a folder of images, a folder of such folders (each an object with the folder's name), a folder that holds
  ///     either in a folder `masks`, a video, or for a single frame one image. Palette images hold an object for each index above 0, and so does a greyscale
  ///     sequence whose values all lie below `Mask.threshold`; other pictures show one object, where they are brighter
  ///     than `Mask.threshold`. Several objects of one sequence are called `object1`, `object2`, ... after their index.
  ///   - size: of the clip's frames.
  ///   - frames: the source frames that the clip uses. Mask file k in natural order belongs to source frame k; where
  ///     the names end in numbers, a gap in the numbers is a frame without a mask. Where masks are missing that way, but
  ///     the numbers are those of the frames, as `hypernvd mask` writes them for a part of a clip, they are taken so.
  /// - Throws: `MediaError`; `.missingMasks` names the frames that have no mask; `.unsuitable` where the numbers can be
  ///   read in both ways.
  public static func read(_ url: URL, size: PixelSize, frames: Range<Int>) throws -> [ObjectMasks] {
    guard Limits.accepts(size) else { throw MediaError.badSize(size) }
    guard !frames.isEmpty, frames.lowerBound >= 0 else {
      throw MediaError.unsuitable(path: url.path, detail: "masks for no frames were asked for")
    }
    guard try InputFile.isFolder(url) else {
      return try objects(in: readVideo(url, frames), size: size)
    }
    let images = try ImageFolder.images(in: url)
    let folders = try ImageFolder.folders(in: url)
    if images.isEmpty, let below = folders.first(where: { $0.lastPathComponent == "masks" }) {
      return try read(below, size: size, frames: frames)
    }
    if !images.isEmpty {
      return try objects(in: readImages(images, frames, object: nil, path: url.path), size: size)
    }
    let filled = try folders.filter { try !ImageFolder.images(in: $0).isEmpty }
    guard !filled.isEmpty else {
      throw MediaError.noImages(path: url.path, folders: folders.map(\.lastPathComponent))
    }
    return try filled.map { folder in
      let name = filled.count == 1 ? onlyObject : folder.lastPathComponent
      guard name != background else {
        throw MediaError.unsuitable(
          path: folder.path, detail: "\"\(background)\" is what no object covers; rename or remove this folder")
      }
      let sequence = try readImages(ImageFolder.images(in: folder), frames, object: name, path: folder.path)
      return ObjectMasks(name: name, masks: try sequence.masks(size: size))
    }
  }

  /// What `read` would look at in a folder: the images in it, and the folders of images that are not hidden.
  public static func contents(of folder: URL) -> (images: [String], objects: [String]) {
    let images = (try? ImageFolder.images(in: folder)) ?? []
    let folders = ((try? ImageFolder.folders(in: folder)) ?? []).filter {
      !((try? ImageFolder.images(in: $0)) ?? []).isEmpty
    }
    return (images.map(\.lastPathComponent), folders.map(\.lastPathComponent))
  }

  // MARK: - Files to pictures

  private static func readImages(
    _ files: [URL], _ frames: Range<Int>, object: String?, path: String
  ) throws -> MaskSequence {
    let numbered = try filesByFrame(files, frames, path: path)
    let missing = frames.filter { numbered[$0] == nil }
    guard missing.isEmpty else {
      throw MediaError.missingMasks(path: path, object: object, frames: missing, available: files.count)
    }
    var pictures: [MaskPicture] = []
    for frame in frames {
      guard let file = numbered[frame] else { continue }
      let picture = try StillImage.decode(file, holdsData: true) { picture, converter in
        try MaskPicture(picture, converter)
      }
      if let expected = pictures.first?.size, expected != picture.size {
        throw MediaError.mixedSizes(path: file.path, size: picture.size, expected: expected)
      }
      pictures.append(picture)
    }
    return MaskSequence(pictures)
  }

  /// Which file belongs to which source frame.
  private static func filesByFrame(_ files: [URL], _ frames: Range<Int>, path: String) throws -> [Int: URL] {
    let numbers = files.compactMap { NaturalOrder.trailingNumber($0.deletingPathExtension().lastPathComponent) }
    let isNumbered = numbers.count == files.count && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
    guard isNumbered, let first = numbers.first else { return byFrame(Array(files.indices), files) }
    let fromFirst = byFrame(numbers.map { $0 - first }, files)
    // Sequences begin with 0 or 1. Others may carry the numbers of the frames.
    let literal = byFrame(numbers, files)
    guard first > 1, frames.allSatisfy({ literal[$0] != nil }) else { return fromFirst }
    guard frames.contains(where: { fromFirst[$0] == nil }) else {
      throw MediaError.unsuitable(
        path: path,
        detail: "its files are numbered from \(first), so the mask of frame \(frames.lowerBound) may be number "
          + "\(frames.lowerBound) or \(first + frames.lowerBound); keep only those that are wanted, or number them from 0"
      )
    }
    return literal
  }

  private static func byFrame(_ numbers: [Int], _ files: [URL]) -> [Int: URL] {
    Dictionary(uniqueKeysWithValues: zip(numbers, files))
  }

  private static func readVideo(_ url: URL, _ frames: Range<Int>) throws -> MaskSequence {
    let decoder = try VideoDecoder(url)
    let converter = FrameConverter(decoder.container)
    var pictures: [MaskPicture] = []
    while decoder.decodedCount < frames.upperBound, let picture = try decoder.next() {
      if decoder.decodedCount > frames.lowerBound { pictures.append(try MaskPicture(picture, converter)) }
    }
    guard decoder.decodedCount > 0 else {
      throw MediaError.noFrames(path: url.path, detail: decoder.damage ?? "the video stream is empty")
    }
    guard pictures.count == frames.count else {
      let missing = Array(max(frames.lowerBound, decoder.decodedCount)..<frames.upperBound)
      throw MediaError.missingMasks(path: url.path, object: nil, frames: missing, available: decoder.decodedCount)
    }
    return MaskSequence(pictures)
  }

  // MARK: - Pictures to objects

  /// The objects of one sequence.
  private static func objects(in sequence: MaskSequence, size: PixelSize) throws -> [ObjectMasks] {
    guard let labels = sequence.labels, labels.count > 1 else {
      return [ObjectMasks(name: onlyObject, masks: try sequence.masks(size: size))]
    }
    return try labels.map { ObjectMasks(name: "object\($0)", masks: try sequence.masks(of: $0, size: size)) }
  }
}

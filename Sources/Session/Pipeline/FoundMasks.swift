import Media

/// The masks of a clip's objects.
struct FoundMasks {
  /// Front first.
  var objects: [ObjectMasks]
  /// Where they come from, in a word or path.
  var origin: String
  /// How sure masks that were found without help are of themselves (`AutomaticMaskResult.certainty`).
  var certainty: Double?

  /// Automatic masks less certain than this are worth a look. Chosen on eight real clips, of which the one whose masks
  /// are poor lies below; docs/quality.md has what it says of eleven others.
  static let doubtful = 0.8

  /// What to say of masks of this certainty; nil where they are certain enough.
  static func doubt(of name: String, certainty: Double?) -> String? {
    guard let certainty, certainty < doubtful else { return nil }
    return
      "the mask of \(name) is doubtful: parts of it hardly stand out or move (certainty \(TextFormat.percent(certainty))); "
      + "look at it with hypernvd mask, and correct one frame and give it back with --mask FRAME=FILE"
  }
}

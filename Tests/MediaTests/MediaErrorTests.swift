import Foundation
import Media
import Testing

@Suite struct MediaErrorTests {
  @Test func sentencesNameWhatIsWrong() {
    let size = PixelSize(width: 10, height: 20)
    let table: [(MediaError, MediaError.Category, String)] = [
      (.notFound(path: "a.mp4"), .inputAbsent, "there is no file or folder a.mp4; check the spelling"),
      (
        .cannotWrite(path: "o.mp4", detail: "the disk is full"), .outputUnwritable,
        "o.mp4 cannot be written: the disk is full"
      ),
      (
        .framesOutOfRange(path: "a.mp4", requested: 5..<9, available: 1), .badData,
        "frames 5..<9 were asked for, but a.mp4 has 1 frame; give a range within 0..<1"
      ),
      (
        .damaged(path: "a.mp4", decoded: 3, announced: 9, detail: "cut"), .badData,
        "a.mp4 is damaged: 3 of its 9 frames can be decoded (cut); ask for frames within 0..<3 to use what is there"
      ),
      (.notFinite(path: "f.flo", x: 1, y: 2), .badData, "the flow in f.flo is not a finite number at x 1, y 2"),
      (
        .mixedSizes(path: "2.png", size: size, expected: PixelSize(width: 1, height: 2)), .badData,
        "2.png is 10x20, but the images before it are 1x2; all must have one size"
      ),
      (
        .noImages(path: "d", folders: (0..<10).map { "s\($0)" }), .badData,
        "the folder d holds no images, only the folders s0, s1, s2, s3, s4, s5, s6, s7 and 2 more; give one of them"
      ),
    ]
    for (error, category, sentence) in table {
      #expect(error.category == category)
      #expect(error.description == sentence)
      #expect(error.localizedDescription == sentence)
    }
  }
}

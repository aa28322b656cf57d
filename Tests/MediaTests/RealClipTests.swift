import Foundation
import Media
import Testing

@Suite(.enabled(if: SharedData.hasDAVIS, "needs HYPERNVD_DATA")) struct RealClipTests {
  @Test func framesAndMasksFitTogether() throws {
    let folder = SharedData.folder.appendingPathComponent("davis/bear")
    let clip = try ClipReader.read(folder, ClipRequest(frames: 0..<4))
    #expect(clip.name == "bear" && clip.size == PixelSize(width: 768, height: 432))
    let objects = try MaskReader.read(
      folder.appendingPathComponent("masks"), size: clip.size, frames: clip.sourceFrames)
    #expect(objects.map(\.name) == ["foreground"])
    for mask in objects[0].masks {
      #expect((0.02...0.5).contains(mask.coverage))
      // The bear is darker than what surrounds it.
      var (inside, outside) = (0.0, 0.0)
      for (index, value) in mask.values.enumerated() {
        let green = Double(clip.frames[0].pixels[3 * index + 1]) / 65535
        if value == 255 { inside += green } else { outside += green }
      }
      let count = mask.coverage * Double(mask.size.pixelCount)
      #expect(inside / count < outside / (Double(mask.size.pixelCount) - count))
    }
  }
}

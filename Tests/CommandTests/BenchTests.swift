import Foundation
import Testing

@Suite struct BenchCommandTests {
  @Test func jsonHasTheMedianAndTheRoofline() throws {
    let result = try Command.run(["bench", "adam", "--json", "--repetitions", "1"])
    #expect(result.status == 0, "\(result.errors)")
    let fields = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(fields["scenario"] as? String == "adam")
    for field in ["medianSeconds", "gigabytesPerSecond", "peakGigabytesPerSecond", "peakMemoryBytes"] {
      #expect(try #require(fields[field] as? Double) > 0)
    }
  }

  @Test func settingsAreForWhatTrains() throws {
    let result = try Command.run(["bench", "adam", "--set", "training.precision=single"])
    #expect(result.status == 64)
    #expect(result.errors.contains("adam does not train"))
  }

  @Test func aClipOfOnesOwnIsTrained() throws {
    let fixture = try Fixture.shared.get()
    let result = try Command.run([
      "bench", "time-to-psnr", "--clip", fixture.frames, "--masks", fixture.masks, "--seconds", "0.5", "--psnr", "1",
      "--psnr", "150",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("1.0 dB"))
    #expect(result.output.contains("not reached"))
    #expect(result.output.contains("at the end"))
  }
}

import Session
import Testing

@Test(arguments: [
  (0.44, "0.4 s"), (42, "42 s"), (59.4, "59 s"), (185, "3 min 05 s"), (3840, "1 h 04 min"), (.infinity, "unknown"),
  (-1, "unknown"),
])
func durationsReadAsPeopleSayThem(seconds: Double, text: String) {
  #expect(TextFormat.duration(seconds) == text)
}

@Test(arguments: [(812_000_000, "812 MB"), (1_400_000_000, "1.4 GB"), (0, "0 MB")])
func bytesReadAsPeopleSayThem(count: Int, text: String) {
  #expect(TextFormat.bytes(count) == text)
}

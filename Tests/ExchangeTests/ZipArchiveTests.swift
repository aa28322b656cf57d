import Foundation
import Media
import Testing

@testable import Exchange

@Suite struct ZipArchiveTests {
  private func archive(_ entries: [(String, Data)]) throws -> Data {
    var writer = ZipWriter()
    for (name, content) in entries { try writer.add(name, content) }
    return writer.finished()
  }

  @Test func storedEntriesComeBack() throws {
    let long = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    let data = try archive([("mimetype", Data("x".utf8)), ("data/ä.png", long), ("empty", Data())])
    let zip = try ZipArchive(data, path: "a.zip")
    #expect(try zip.content(of: "data/ä.png") == long)
    #expect(try zip.content(of: "empty").isEmpty)
    #expect(!zip.contains("other"))
  }

  /// Python's zipfile is the outside reader and the maker of deflated archives.
  @Test(.enabled(if: Python.isThere, "needs python3"))
  func agreesWithPython() throws {
    let folder = try ScratchFolder()
    let ours = folder.url.appendingPathComponent("ours.zip")
    try archive([("mimetype", Data("image/openraster".utf8)), ("b", Data(repeating: 7, count: 5000))]).write(to: ours)
    let theirs = folder.url.appendingPathComponent("theirs.zip")
    let listed = try Python.run(
      """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert archive.testzip() is None
      print([(i.filename, i.compress_type, i.file_size) for i in archive.infolist()])
      out = zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED)
      out.comment = b"a comment at the end"
      out.writestr("zeros", bytes(300000)); out.writestr("text", "words " * 100)
      out.close()
      """, [ours.path, theirs.path])
    #expect(listed == "[('mimetype', 0, 16), ('b', 0, 5000)]\n")
    let zip = try ZipArchive(contentsOf: theirs)
    #expect(try zip.content(of: "zeros") == Data(count: 300_000))
    #expect(try zip.content(of: "text") == Data(String(repeating: "words ", count: 100).utf8))
  }

  @Test func everyCutIsNoticed() throws {
    let data = try archive([("mimetype", Data("x".utf8)), ("a", Data(repeating: 3, count: 200))])
    for count in 0..<data.count {
      #expect(throws: ExchangeError.self) {
        _ = try ZipArchive(data.prefix(count), path: "cut").content(of: "a")
      }
    }
  }

  @Test func everyChangedByteIsNoticedOrHarmless() throws {
    let content = Data(repeating: 3, count: 50)
    let data = try archive([("a", content)])
    for index in data.indices {
      for value in [UInt8(0), 0x7F, 0xFF] {
        var changed = data
        changed[index] = value
        do {
          let zip = try ZipArchive(changed, path: "changed")
          if zip.contains("a") { #expect(try zip.content(of: "a") == content) }
        } catch is ExchangeError {}
      }
    }
  }

  @Test func aClaimOfGigabytesIsRefusedBeforeAnythingIsAllocated() throws {
    var data = try archive([("a", Data(repeating: 3, count: 50))])
    let entry = try #require(data.range(of: Data([0x50, 0x4B, 0x01, 0x02])))
    // Deflated, 1 GB.
    data.replaceSubrange(entry.lowerBound + 10..<entry.lowerBound + 12, with: [8, 0])
    data.replaceSubrange(entry.lowerBound + 24..<entry.lowerBound + 28, with: [0, 0, 0, 0x40])
    let error = #expect(throws: ExchangeError.self) { _ = try ZipArchive(data, path: "bomb").content(of: "a") }
    #expect(error?.description.contains("claims to be 1073741824 bytes") == true)
  }

  @Test func encryptedEntriesAreRefused() throws {
    var data = try archive([("a", Data(repeating: 3, count: 50))])
    let entry = try #require(data.range(of: Data([0x50, 0x4B, 0x01, 0x02])))
    data[entry.lowerBound + 8] |= 1
    #expect(throws: ExchangeError.self) { _ = try ZipArchive(data, path: "secret") }
  }
}

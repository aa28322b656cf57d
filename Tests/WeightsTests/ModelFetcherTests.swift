import Foundation
import Testing
import Weights

/// Fetching from `file:` URLs and from a server of our own (Python's), which knows no ranges.
@Suite struct ModelFetcherTests {
  private let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })

  @Test func fetchesChecksAndLeavesNothingElse() throws {
    try withFolders { source, target in
      let file = try publish(source)
      let digest = try ModelFetcher().fetch(file, into: target)
      #expect(digest == SHA256.hex(of: content))
      #expect(try Data(contentsOf: target.appendingPathComponent("m.bin")) == content)
      #expect(try names(target) == ["m.bin"])
      // A file that is right is not fetched again.
      try FileManager.default.removeItem(at: source.appendingPathComponent("m.bin"))
      #expect(try ModelFetcher().fetch(file, into: target) == digest)
    }
  }

  @Test(arguments: [1, 150_000, 300_000])
  func continuesWhereItBrokeOff(_ count: Int) throws {
    try withFolders { source, target in
      let file = try publish(source)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      try content.prefix(count).write(to: target.appendingPathComponent(".m.bin.partial"))
      var least = Int.max
      _ = try ModelFetcher(onProgress: { least = min(least, $0) }).fetch(file, into: target)
      #expect(try Data(contentsOf: target.appendingPathComponent("m.bin")) == content)
      #expect(least >= count || count == 300_000)
      #expect(try names(target) == ["m.bin"])
    }
  }

  @Test func aWrongFileIsRemoved() throws {
    try withFolders { source, target in
      let good = try publish(source)
      let file = ModelFile(name: good.name, url: good.url, sha256: String(repeating: "0", count: 64))
      let error = #expect(throws: FetchError.self) { try ModelFetcher().fetch(file, into: target) }
      guard case .wrongChecksum = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try names(target).isEmpty)
    }
  }

  @Test func sentencesForWhatCannotBeFetched() throws {
    try withFolders { source, target in
      let absent = ModelFile(name: "m", url: source.appendingPathComponent("absent"))
      #expect(throws: FetchError.self) { try ModelFetcher().fetch(absent, into: target) }
      // Port 9 of this machine, where nobody listens.
      let url = try #require(URL(string: "http://127.0.0.1:9/m"))
      let error = #expect(throws: FetchError.self) {
        try ModelFetcher().fetch(ModelFile(name: "m", url: url), into: target)
      }
      guard case .unreachable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.description.contains("without a network") == true)
      let blocked = source.appendingPathComponent("m.bin/below")
      #expect(throws: FetchError.self) { try ModelFetcher().fetch(publish(source), into: blocked) }
      #expect(throws: FetchError.self) {
        try ModelFetcher(shouldStop: { true }).fetch(publish(source), into: target.appendingPathComponent("other"))
      }
    }
  }

  @Test("Over http, from a server that cannot continue", .enabled(if: Server.hasPython, "needs python3"))
  func overHTTP() throws {
    try withFolders { source, target in
      let file = try publish(source)
      let server = try Server(source)
      defer { server.stop() }
      let remote = ModelFile(name: file.name, url: server.url(file.name), sha256: file.sha256)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      try content.prefix(1000).write(to: target.appendingPathComponent(".m.bin.partial"))
      _ = try ModelFetcher().fetch(remote, into: target)
      #expect(try Data(contentsOf: target.appendingPathComponent("m.bin")) == content)
      let error = #expect(throws: FetchError.self) {
        try ModelFetcher().fetch(ModelFile(name: "x", url: server.url("absent")), into: target)
      }
      #expect(error?.description.contains("404") == true)
    }
  }

  @Test func modelsAreFoundInBothPlaces() throws {
    try withFolders { own, hub in
      let store = ModelStore(environment: ["HYPERNVD_MODELS": own.path, "HF_HUB_CACHE": hub.path])
      let entry = try #require(ModelEntry.all.first { $0.name == "videomae-base" })
      #expect(store.find(entry) == nil)
      let snapshots = hub.appendingPathComponent("models--MCG-NJU--videomae-base/snapshots")
      for revision in ["aaa", "bbb"] {
        let folder = snapshots.appendingPathComponent(revision)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data([1]).write(to: folder.appendingPathComponent("model.safetensors"))
      }
      #expect(store.find(entry)?.lastPathComponent == "aaa")
      let refs = hub.appendingPathComponent("models--MCG-NJU--videomae-base/refs")
      try FileManager.default.createDirectory(at: refs, withIntermediateDirectories: true)
      try Data("bbb\n".utf8).write(to: refs.appendingPathComponent("main"))
      #expect(store.find(entry)?.lastPathComponent == "bbb")
      let place = store.destination(of: entry)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for file in entry.files { try Data([1]).write(to: place.appendingPathComponent(file.name)) }
      #expect(store.find(entry)?.path == place.path)
    }
  }

  @Test func theEnvironmentNamesTheFolders() {
    let store = ModelStore(environment: ["HOME": "/h", "XDG_DATA_HOME": "/d", "HF_HOME": ""])
    #expect(store.folder.path == "/d/hypernvd/models")
    #expect(store.hubFolder.path == "/h/.cache/huggingface/hub")
  }

  private func publish(_ folder: URL) throws -> ModelFile {
    try content.write(to: folder.appendingPathComponent("m.bin"))
    return ModelFile(name: "m.bin", url: folder.appendingPathComponent("m.bin"), sha256: SHA256.hex(of: content))
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }

  private func withFolders(_ body: (URL, URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let source = folder.appendingPathComponent("source")
    try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(source, folder.appendingPathComponent("target"))
  }
}

/// `python3 -m http.server` on a free port.
private final class Server {
  static let hasPython =
    FileManager.default.fileExists(atPath: "/usr/bin/python3")
    || (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  private let process = Process()
  private let port: String

  init(_ folder: URL) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-u", "-c",
      """
      import http.server, functools, sys
      handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
      print(server.server_address[1])
      server.serve_forever()
      """, folder.path,
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = line.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func url(_ name: String) -> URL { URL(fileURLWithPath: "/").appendingPathComponent(name).http(port) }

  func stop() {
    // Threads of a test block SIGTERM, and the server inherits that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

extension URL {
  fileprivate func http(_ port: String) -> URL {
    var parts = URLComponents()
    (parts.scheme, parts.host, parts.port, parts.path) = ("http", "127.0.0.1", Int(port), path)
    return parts.url ?? self
  }
}

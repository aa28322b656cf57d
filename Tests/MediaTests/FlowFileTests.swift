import Foundation
import Media
import Testing

@Suite struct FlowFileTests {
  let size = PixelSize(width: 13, height: 7)

  @Test(arguments: ["a.flo", "a.png", "a.npy"])
  func comesBackExactly(name: String) throws {
    let folder = try TemporaryFolder()
    let flow = Pattern.flow(size)
    try FlowFile.write(flow, to: folder(name))
    #expect(try FlowFile.read(folder(name)) == flow)
    #expect(try FlowFile.readMeasured(folder(name)).valid.allSatisfy { $0 == 1 })
    #expect(folder.contents == [name])
  }

  @Test(.enabled(if: Tool.hasNumPy, "needs Python with NumPy"))
  func agreesWithNumPy() throws {
    let folder = try TemporaryFolder()
    let flow = Pattern.flow(size)
    try FlowFile.write(flow, to: folder("a.npy"))
    try FlowFile.write(flow, to: folder("a.flo"))
    let script = """
      import numpy, sys
      folder = sys.argv[1]
      a = numpy.load(folder + '/a.npy')
      assert a.shape == (7, 13, 2) and a.dtype == numpy.float32
      raw = open(folder + '/a.flo', 'rb').read()
      assert numpy.frombuffer(raw[:4], '<f4')[0] == 202021.25 and tuple(numpy.frombuffer(raw[4:12], '<i4')) == (13, 7)
      assert (numpy.frombuffer(raw[12:], '<f4').reshape(7, 13, 2) == a).all()
      numpy.save(folder + '/planar.npy', a.transpose(2, 0, 1).copy())
      numpy.save(folder + '/double.npy', a.astype('f8'))
      numpy.save(folder + '/big.npy', a.astype('>f4'))
      numpy.save(folder + '/half.npy', a.astype('f2'))
      numpy.save(folder + '/batch.npy', a[None])
      numpy.save(folder + '/fortran.npy', numpy.asfortranarray(a))
      numpy.save(folder + '/integers.npy', a.astype('i4'))
      numpy.save(folder + '/flat.npy', a.reshape(-1))
      halves = numpy.array([6e-8, 6.1e-5, 1e-4, 1, -2.5, 65504, 0, -0.0], 'f2')
      numpy.save(folder + '/halves.npy', halves.reshape(1, 4, 2))
      """
    try Tool.run("python3", ["-c", script, folder.url.path])
    for name in ["planar", "double", "big", "half", "batch"] {
      #expect(try FlowFile.read(folder("\(name).npy")) == flow, "\(name)")
    }
    #expect(
      try FlowFile.read(folder("halves.npy")).vectors
        == [0x1p-24, 0x1.ff8p-15, 0x1.a38p-14, 1, -2.5, 65504, 0, 0].map { Float($0) })
    for name in ["fortran", "integers", "flat"] {
      let error = #expect(throws: MediaError.self, "\(name)") { try FlowFile.read(folder("\(name).npy")) }
      #expect(error?.category == .badData)
    }
  }

  @Test func unknownVectorsAreMarked() throws {
    let folder = try TemporaryFolder()
    var flow = Pattern.flow(size)
    flow.vectors[2 * 20] = 1.67e9
    try FlowFile.write(flow, to: folder("a.flo"))
    let read = try FlowFile.readMeasured(folder("a.flo"))
    #expect(read.valid[20] == 0 && read.valid.filter { $0 == 1 }.count == size.pixelCount - 1)
    #expect(read.flow.vectors[40] == 0 && read.flow.vectors[41] == 0)
    #expect(throws: MediaError.self) { try FlowFile.write(flow, to: folder("far.png")) }
  }

  @Test func valuesThatAreNotFiniteAreNamed() throws {
    let folder = try TemporaryFolder()
    var flow = Pattern.flow(size)
    flow.vectors[2 * (3 * 13 + 5) + 1] = .nan
    for name in ["a.flo", "a.png", "a.npy"] {
      #expect(throws: MediaError.notFinite(path: folder(name).path, x: 5, y: 3)) {
        try FlowFile.write(flow, to: folder(name))
      }
    }
    #expect(folder.contents.isEmpty)
    // A file that another program wrote.
    try FlowFile.write(Pattern.flow(size), to: folder("b.flo"))
    var data = try Data(contentsOf: folder("b.flo"))
    for (offset, byte) in [0, 0, 0x80, 0x7f].enumerated() { data[12 + 8 * (2 * 13 + 4) + offset] = UInt8(byte) }
    let file = try folder.file("b.flo", data)
    #expect(throws: MediaError.notFinite(path: file.path, x: 4, y: 2)) { try FlowFile.read(file) }
  }

  @Test func malformedFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    try FlowFile.write(Pattern.flow(size), to: folder("good.flo"))
    try FlowFile.write(Pattern.flow(size), to: folder("good.npy"))
    let flo = try Data(contentsOf: folder("good.flo"))
    let npy = try Data(contentsOf: folder("good.npy"))
    try ImageFile.write(Pattern.frame(size), to: folder("eight-bits.png"))
    func header(_ width: Int32, _ height: Int32) -> Data {
      var data = flo.prefix(4)
      for side in [width, height] { withUnsafeBytes(of: side.littleEndian) { data.append(contentsOf: $0) } }
      return data + flo.dropFirst(12)
    }
    func numpy(_ text: String) -> Data {
      Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]) + Data(text.utf8) + Data(count: 64)
    }
    func array(_ shape: String, _ kind: String = "<f4") -> Data {
      numpy("{'descr': '\(kind)', 'fortran_order': False, 'shape': \(shape), }\n")
    }
    let table: [(String, Data)] = [
      ("empty.flo", Data()), ("magic.flo", Data("PIEX".utf8) + flo.dropFirst(4)), ("short.flo", flo.prefix(9)),
      ("cut.flo", flo.dropLast(5)), ("long.flo", flo + Data([0])), ("negative.flo", header(-13, 7)),
      ("zero.flo", header(0, 7)), ("huge.flo", header(.max, .max)), ("wide.flo", header(30000, 3000)),
      ("empty.npy", Data()), ("cut.npy", npy.dropLast(5)), ("header.npy", npy.prefix(20)), ("magic.npy", flo),
      ("absurd.npy", array("(9223372036854775807, 9223372036854775807, 2)")),
      ("large.npy", array("(100000, 100000, 2)")),
      ("zero.npy", array("(0, 5, 2)")), ("negative.npy", array("(-2, -4, 2)")), ("words.npy", array("(a, b, 2)")),
      ("scalar.npy", array("()")), ("kind.npy", array("(2, 4, 2)", "|O")), ("dictionary.npy", numpy("{}")),
      ("cut.png", try Data(contentsOf: folder("eight-bits.png")).prefix(60)), ("unknown.xyz", flo),
    ]
    for (name, data) in table {
      let file = try folder.file(name, data)
      let error = #expect(throws: MediaError.self, "\(name)") { try FlowFile.read(file) }
      #expect(error?.category == .badData, "\(name)")
      #expect(error?.description.contains(name) == true, "\(name)")
    }
    #expect(throws: MediaError.self) { try FlowFile.read(folder("eight-bits.png")) }
    #expect(throws: MediaError.notFound(path: folder("none.flo").path)) { try FlowFile.read(folder("none.flo")) }
    #expect(throws: MediaError.self) { try FlowFile.write(Pattern.flow(size), to: folder("a.txt")) }
  }
}

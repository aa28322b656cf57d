import Foundation
import Testing
import Weights

/// Files that PyTorch wrote (`Fixtures/make_torch_files.py`), read in both containers.
struct TorchFileTests {
  @Test(arguments: [("zip.pth", TensorFile.Format.pyTorch), ("legacy.pth", .pyTorchLegacy)])
  func readsEveryKindOfTensor(_ name: String, _ format: TensorFile.Format) throws {
    let whole = try TensorFile(contentsOf: fixture(name))
    #expect(whole.format == format)
    #expect(try whole.floats("optimizer.state.0.exp_avg") == [1, 1])
    let file = whole.unwrapped()
    let base = (0..<24).map { Float($0) * 0.5 - 3 }
    let expected: [String: (type: TensorType, shape: [Int], values: [Float])] = [
      "row_major": (.f32, [2, 3, 4], base),
      "transposed": (.f32, [4, 2, 3], (0..<24).map { base[$0 % 6 * 4 + $0 / 6] }),
      "slice": (.f32, [2, 3], [8, 9, 10, 14, 15, 16].map { base[$0] }),
      "parameter": (.f32, [2], [1.5, -2.25]),
      "half": (.f16, [3], [1, -0.333251953125, 65504]),
      "bfloat": (.bf16, [2], [1, -3.140625]),
      "double": (.f64, [2], [0.1, -2.5]),
      "long": (.i64, [2], [-5, 1_048_576]),
      "int": (.i32, [2], [-70000, 70000]),
      "short": (.i16, [2], [-300, 300]),
      "char": (.i8, [2], [-128, 127]),
      "byte": (.u8, [3], [0, 7, 255]),
      "bool": (.bool, [3], [1, 0, 1]),
      "scalar": (.f32, [], [4.5]),
      "empty": (.f32, [0, 3], []),
    ]
    #expect(Set(file.tensors.keys) == Set(expected.keys))
    for (name, tensor) in expected {
      let info = try file.info(name, shape: tensor.shape)
      #expect(info.type == tensor.type && info.count == tensor.values.count, "\(name)")
      #expect(try file.floats(name) == tensor.values, "\(name)")
    }
    #expect(try file.bytes("parameter").count == 8)
    #expect(throws: WeightsError.self) { try file.bytes("transposed") }
  }

  @Test func tensorsGetOtherNames() throws {
    let file = try TensorFile(contentsOf: fixture("zip.pth")).unwrapped()
    let renamed = try file.renamed { $0 == "parameter" ? "p" : nil }
    #expect(try renamed.tensors.count == 1 && renamed.floats("p") == [1.5, -2.25])
    #expect(throws: WeightsError.self) { try file.renamed { _ in "same" } }
  }

  @Test(arguments: [
    ("evil.pth", "posix.system"), ("compressed.pth", "compressed"), ("big_endian.pth", "little endian"),
    ("no_pickle.pth", "0 files named data.pkl"), ("expanded.pth", "'weight'"),
  ])
  func refusesWhatNoModelNeeds(_ name: String, _ reason: String) throws {
    let error = #expect(throws: WeightsError.self) { try TensorFile(contentsOf: fixture(name)) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.description.contains(name) == true)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/a-pickle-was-run"))
  }

  @Test(
    "RAFT-small as its authors published it: 106 tensors, 990,162 values, PyTorch's old container",
    .enabled(if: OutsideWeights.isPresent, "needs HYPERNVD_DATA (weights/raft-small.pth)"))
  func readsARealFile() throws {
    let file = try TensorFile(contentsOf: OutsideWeights.raftSmall)
    #expect(file.format == .pyTorchLegacy)
    #expect(file.tensors.count == 106)
    #expect(file.tensors.keys.allSatisfy { $0.hasPrefix("module.") })
    #expect(file.tensors.values.map(\.count).reduce(0, +) == 990_162)
    let bare = file.unwrapped()
    #expect(try bare.info("fnet.conv1.weight").shape == [32, 3, 7, 7])
    for name in bare.tensors.keys { #expect(try bare.floats(name).allSatisfy(\.isFinite), "\(name)") }
  }

  private func fixture(_ name: String) throws -> URL { try Fixtures.url(name) }
}

/// Files beside the tests.
enum Fixtures {
  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
  }
}

/// Weights that are not part of the package: the folder named by HYPERNVD_DATA, by default `../shared`.
enum OutsideWeights {
  static let raftSmall: URL = {
    let named = ProcessInfo.processInfo.environment["HYPERNVD_DATA"] ?? "../shared"
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return URL(fileURLWithPath: named, relativeTo: package).appendingPathComponent("weights/raft-small.pth")
  }()
  static let isPresent = FileManager.default.fileExists(atPath: raftSmall.path)
}

import Foundation

/// The container of `torch.save` since PyTorch 1.6: a zip file without compression that holds `NAME/data.pkl` (what
/// the tensors are) and `NAME/data/KEY` (the values of a storage each).
enum TorchArchive {
  /// - Throws: `WeightsError`, `Damage`, `PickleMachine.Forbidden`.
  static func tensors(in data: Data, path: String) throws -> [String: TensorInfo] {
    let entries = try ZipDirectory(data).entries
    let pickles = entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard let pickle = pickles.first, pickles.count == 1, let range = entries[pickle] else {
      throw WeightsError.malformed(path: path, reason: "it is a zip file with \(pickles.count) files named data.pkl")
    }
    let folder = String(pickle.dropLast("data.pkl".count))
    if let order = entries["\(folder)byteorder"], data[order.shifted(by: data.startIndex)] != Data("little".utf8) {
      throw WeightsError.malformed(path: path, reason: "its numbers are not little endian")
    }
    var machine = PickleMachine(data, range)
    let root = try machine.run()
    return try TorchCheckpoint(root, machine, path: path) { storage in
      guard let place = entries["\(folder)data/\(storage.key)"] else {
        throw WeightsError.malformed(path: path, reason: "its storage '\(storage.key)' is missing")
      }
      return place
    }.tensors
  }
}

extension Range<Int> {
  func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

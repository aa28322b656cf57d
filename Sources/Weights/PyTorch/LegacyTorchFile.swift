import Foundation

/// The container of `torch.save` before PyTorch 1.6: five pickles (a magic number, a version, facts about the machine,
/// the object, the list of storages) and then the storages, each as its count (64 bits) and its values.
enum LegacyTorchFile {
  /// How a file of this kind begins: protocol 2 and the magic number 0x1950a86a20f9469cfc6c.
  static let beginning: [UInt8] = [
    0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ]
  private static let version = 1001

  /// - Throws: `WeightsError`, `Damage`, `PickleMachine.Forbidden`.
  static func tensors(in data: Data, path: String) throws -> [String: TensorInfo] {
    var prelude = PickleMachine(data, beginning.count..<data.count)
    guard case .integer(version) = try prelude.run() else {
      throw WeightsError.malformed(path: path, reason: "it is of an unknown version of PyTorch's old format")
    }
    try checkByteOrder(prelude.run(), prelude, path: path)
    var machine = PickleMachine(data, prelude.position..<data.count)
    let root = try machine.run()
    let keys = try machine.run()
    let places = try places(machine.elements(keys), machine, data, path: path)
    return try TorchCheckpoint(root, machine, path: path) { storage in
      guard let place = places[storage.key] else {
        throw WeightsError.malformed(path: path, reason: "its storage '\(storage.key)' is missing")
      }
      return place
    }.tensors
  }

  private static func checkByteOrder(_ facts: PickleValue, _ machine: PickleMachine, path: String) throws {
    guard case .container(let index) = facts else { return }
    let items = machine.containers[index].items
    for (key, value) in zip(items, items.dropFirst()) {
      if case .text("little_endian") = key, case .bool(false) = value {
        throw WeightsError.malformed(path: path, reason: "its numbers are not little endian")
      }
    }
  }

  /// Where the values of each storage lie: they follow each other in the order of the list of keys.
  private static func places(
    _ keys: [PickleValue]?, _ machine: PickleMachine, _ data: Data, path: String
  ) throws -> [String: Range<Int>] {
    guard let keys else { throw WeightsError.malformed(path: path, reason: "its list of storages is missing") }
    let sizes = Dictionary(machine.storages.map { ($0.key, $0.type.byteCount) }) { first, _ in first }
    var cursor = ByteCursor(data, machine.position..<data.count)
    var places: [String: Range<Int>] = [:]
    for key in keys {
      guard case .text(let key) = key, let size = sizes[key] else {
        throw cursor.damage("a storage that no tensor belongs to")
      }
      let count = try cursor.integer(UInt64.self)
      guard count <= UInt64(cursor.remaining / size) else {
        throw cursor.damage("a storage of \(count) values where \(cursor.remaining) bytes are left")
      }
      let begin = cursor.position
      try cursor.skip(Int(count) * size)
      guard places.updateValue(begin..<cursor.position, forKey: key) == nil else {
        throw cursor.damage("a second storage '\(key)'")
      }
    }
    return places
  }
}

/// The tensors of a pickled checkpoint by name, checked against the storages that the file really has.
///
/// Dictionaries within dictionaries give names with points (`model.encoder.norm.weight`), as do lists
/// (`optimizer.param_groups.0.params`). What is no tensor is left out.
struct TorchCheckpoint {
  /// Limits of what is believed: far above every real checkpoint, far below what would fill the memory.
  private static let maximumVisits = 1_000_000
  private static let maximumTensors = 100_000
  private static let maximumDepth = 32
  private static let maximumNameLength = 1024

  private(set) var tensors: [String: TensorInfo] = [:]
  private let machine: PickleMachine
  private let place: (TorchStorage) throws -> Range<Int>
  private let path: String

  /// - Parameters:
  ///   - root: what the pickle made.
  ///   - place: the bytes of the file that hold a storage's values.
  init(
    _ root: PickleValue, _ machine: PickleMachine, path: String, place: @escaping (TorchStorage) throws -> Range<Int>
  ) throws {
    (self.machine, self.path, self.place) = (machine, path, place)
    try collect(root)
  }

  private mutating func collect(_ root: PickleValue) throws {
    var open: [(name: String, value: PickleValue, depth: Int)] = [("", root, 0)]
    var visits = 0
    while let (name, value, depth) = open.popLast() {
      visits += 1
      guard visits <= Self.maximumVisits, depth <= Self.maximumDepth, name.utf8.count <= Self.maximumNameLength else {
        throw malformed("its dictionaries are nested or named beyond what a checkpoint needs")
      }
      switch value {
      case .tensor(let index):
        guard tensors.count < Self.maximumTensors else { throw malformed("it names more than 100000 tensors") }
        let info = try info(machine.tensors[index], name)
        guard tensors.updateValue(info, forKey: name) == nil else { throw malformed("it names '\(name)' twice") }
      case .container(let index):
        let container = machine.containers[index]
        guard visits + open.count + container.items.count <= Self.maximumVisits else {
          throw malformed("its dictionaries have more entries than a checkpoint needs")
        }
        for (key, item) in Self.entries(container) {
          open.append((name.isEmpty ? key : "\(name).\(key)", item, depth + 1))
        }
      case .none, .bool, .integer, .text, .global, .storage, .inert: break
      }
    }
  }

  /// The elements that may lead to tensors, by key or number.
  private static func entries(_ container: PickleContainer) -> [(String, PickleValue)] {
    guard container.kind == .dictionary else {
      return container.items.enumerated().filter { $0.element.leadsOn }.map { ("\($0.offset)", $0.element) }
    }
    return stride(from: 0, to: container.items.count, by: 2).compactMap { index in
      let value = container.items[index + 1]
      guard value.leadsOn else { return nil }
      switch container.items[index] {
      case .text(let key): return (key, value)
      case .integer(let key): return ("\(key)", value)
      default: return nil
      }
    }
  }

  /// Checks that every value of the tensor lies in its storage, and that it has no more values than the storage.
  private func info(_ tensor: TorchTensor, _ name: String) throws -> TensorInfo {
    let storage = machine.storages[tensor.storage]
    let place = try place(storage)
    let bytes = storage.type.byteCount
    guard storage.start >= 0, storage.length >= 0, storage.count >= storage.length,
      storage.start <= storage.count - storage.length, place.count / bytes == storage.count
    else { throw bad(name, "its storage '\(storage.key)' does not have the \(storage.count) values that it claims") }
    guard let count = TensorInfo.count(of: tensor.shape), count <= storage.length,
      let reach = TensorInfo.reach(shape: tensor.shape, strides: tensor.strides),
      tensor.offset >= 0, tensor.offset <= storage.length, reach <= storage.length - tensor.offset
    else {
      throw bad(
        name,
        "shape \(tensor.shape) with strides \(tensor.strides) from value \(tensor.offset) does not lie within the "
          + "\(storage.length) values of its storage")
    }
    let begin = place.lowerBound + (storage.start + tensor.offset) * bytes
    return TensorInfo(
      shape: tensor.shape, type: storage.type, byteRange: begin..<begin + reach * bytes, strides: tensor.strides)
  }

  private func malformed(_ reason: String) -> WeightsError { .malformed(path: path, reason: reason) }

  private func bad(_ name: String, _ reason: String) -> WeightsError {
    .badTensor(name: name, path: path, reason: reason)
  }
}

extension PickleValue {
  /// Whether a tensor may be found here.
  fileprivate var leadsOn: Bool {
    switch self {
    case .tensor, .container: true
    default: false
    }
  }
}

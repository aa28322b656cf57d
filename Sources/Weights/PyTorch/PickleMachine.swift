import Foundation

/// Runs the instructions of a pickle as far as a file of weights needs them: it builds dictionaries, notes tensors and
/// storages, and refuses every name that is not on the allow-list. It calls nothing, so a file can do nothing.
///
/// Memory stays in proportion to the file: a limited number of steps, each of which makes at most one value.
struct PickleMachine {
  /// The most instructions that are run: a checkpoint of a thousand tensors with an optimiser's state has 200,000.
  static let maximumSteps = 2_000_000
  /// The longest pickle that is looked at, in bytes.
  static let maximumByteCount = 64 << 20

  /// A name in the pickle that is not on the allow-list.
  struct Forbidden: Error { let name: String }

  private(set) var containers: [PickleContainer] = []
  private(set) var storages: [TorchStorage] = []
  private(set) var tensors: [TorchTensor] = []
  private var cursor: ByteCursor
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ data: Data, _ range: Range<Int>) {
    cursor = ByteCursor(data, range.lowerBound..<min(range.upperBound, range.lowerBound + Self.maximumByteCount))
  }

  /// The byte of the file behind what has been run.
  var position: Int { cursor.position }

  /// Runs one pickle, up to its STOP.
  /// - Throws: `Damage`, `Forbidden`.
  mutating func run() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    for _ in 0..<Self.maximumSteps {
      let code = try cursor.byte()
      if code == UInt8(ascii: ".") { return try pop() }
      guard let instruction = PickleInstruction(rawValue: code) else {
        throw cursor.damage("the pickle instruction 0x\(String(code, radix: 16)), which no file of weights has, ends")
      }
      try step(instruction)
    }
    throw cursor.damage("a pickle of more than \(Self.maximumSteps) instructions")
  }

  private mutating func step(_ instruction: PickleInstruction) throws {
    switch instruction {
    case .proto: try cursor.skip(1)
    case .frame: try cursor.skip(8)
    case .mark: marks.append(stack.count)
    case .pop: try drop()
    case .popMark: _ = try popToMark()
    case .dup: try stack.append(top())
    case .binPut: try memo.updateValue(top(), forKey: Int(cursor.byte()))
    case .longBinPut: try memo.updateValue(top(), forKey: Int(cursor.integer(UInt32.self)))
    case .memoize: try memo.updateValue(top(), forKey: memo.count)
    case .binGet: try recall(Int(cursor.byte()))
    case .longBinGet: try recall(Int(cursor.integer(UInt32.self)))
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: try stack.append(.integer(Int(cursor.integer(Int32.self))))
    case .binInt1: try stack.append(.integer(Int(cursor.byte())))
    case .binInt2: try stack.append(.integer(Int(cursor.integer(UInt16.self))))
    case .long1: try stack.append(long(Int(cursor.byte())))
    case .long4: try stack.append(long(cursor.length(Int32.self)))
    case .binFloat: try skip(8)
    case .binUnicode: try stack.append(.text(cursor.text(cursor.length(UInt32.self))))
    case .binUnicode8: try stack.append(.text(cursor.text(cursor.length(UInt64.self))))
    case .shortBinUnicode: try stack.append(.text(cursor.text(cursor.length(UInt8.self))))
    case .binString: try stack.append(.text(cursor.text(cursor.length(Int32.self))))
    case .shortBinString: try stack.append(.text(cursor.text(cursor.length(UInt8.self))))
    case .binBytes: try skip(cursor.length(UInt32.self))
    case .shortBinBytes: try skip(cursor.length(UInt8.self))
    case .emptyTuple: push(.tuple, [])
    case .tuple: try push(.tuple, popToMark())
    case .tuple1: try push(.tuple, pop(1))
    case .tuple2: try push(.tuple, pop(2))
    case .tuple3: try push(.tuple, pop(3))
    case .emptyList, .emptySet: push(.list, [])
    case .list: try push(.list, popToMark())
    case .append: try add(pop(1), to: .list)
    case .appends, .addItems: try add(popToMark(), to: .list)
    case .emptyDict: push(.dictionary, [])
    case .dict: try push(.dictionary, pairs(popToMark()))
    case .setItem: try add(pop(2), to: .dictionary)
    case .setItems: try add(pairs(popToMark()), to: .dictionary)
    case .global: try global(module: cursor.line(), name: cursor.line())
    case .stackGlobal: try stackGlobal()
    case .reduce, .newObject: try call()
    case .build: _ = try pop()
    case .binPersistentID: try stack.append(persistent(pop()))
    }
  }

  // MARK: - The stack

  private func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw cursor.damage("an empty pickle stack") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw cursor.damage("an empty pickle stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw cursor.damage("a pickle mark that was not set") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  /// Takes off the last value, or the mark where that is last.
  private mutating func drop() throws {
    if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw cursor.damage("the pickle value \(index), which was not kept,") }
    stack.append(value)
  }

  private mutating func skip(_ count: Int) throws {
    try cursor.skip(count)
    stack.append(.inert)
  }

  /// A whole number of so many bytes; one that does not fit 64 bits is read over.
  private mutating func long(_ count: Int) throws -> PickleValue {
    guard count <= 8 else {
      try cursor.skip(count)
      return .inert
    }
    var bits: UInt64 = 0
    for index in 0..<count { bits |= UInt64(try cursor.byte()) << (8 * UInt64(index)) }
    let unused = UInt64(64 - 8 * count)
    return .integer(count == 0 ? 0 : Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
  }

  // MARK: - Containers

  private mutating func push(_ kind: PickleContainer.Kind, _ items: [PickleValue]) {
    stack.append(.container(containers.count))
    containers.append(PickleContainer(kind: kind, items: items))
  }

  private func pairs(_ items: [PickleValue]) throws -> [PickleValue] {
    guard items.count.isMultiple(of: 2) else { throw cursor.damage("a pickle dictionary with a key without a value") }
    return items
  }

  private mutating func add(_ items: [PickleValue], to kind: PickleContainer.Kind) throws {
    switch try top() {
    case .container(let index) where containers[index].kind == kind: containers[index].items.append(contentsOf: items)
    case .inert: break
    default: throw cursor.damage("a pickle that adds to what is no \(kind)")
    }
  }

  /// The elements of a tuple or list.
  func elements(_ value: PickleValue?) -> [PickleValue]? {
    guard case .container(let index) = value, containers[index].kind != .dictionary else { return nil }
    return containers[index].items
  }

  // MARK: - Names

  private mutating func global(module: String, name: String) throws {
    guard let global = PickleGlobal(module: module, name: name) else { throw Forbidden(name: "\(module).\(name)") }
    stack.append(.global(global))
  }

  private mutating func stackGlobal() throws {
    let names = try pop(2)
    guard case .text(let module) = names[0], case .text(let name) = names[1] else {
      throw cursor.damage("a pickle name that is no text")
    }
    try global(module: module, name: name)
  }

  /// REDUCE and NEWOBJ: what the call of a name on the allow-list would make.
  private mutating func call() throws {
    let (arguments, callee) = (try pop(), try pop())
    switch callee {
    case .global(.orderedDictionary): try push(.dictionary, orderedPairs(arguments))
    case .global(.rebuildTensor): try stack.append(tensor(elements(arguments) ?? []))
    case .global(.rebuildParameter): stack.append(elements(arguments)?.first ?? .inert)
    case .global, .inert: stack.append(.inert)
    default: throw cursor.damage("a pickle that calls what is no function")
    }
  }

  /// `OrderedDict()`, or `OrderedDict([[key, value], ...])` as Python 2 wrote it.
  private func orderedPairs(_ arguments: PickleValue) throws -> [PickleValue] {
    guard let list = elements(arguments)?.first else { return [] }
    return try (elements(list) ?? []).flatMap { pair in
      guard let pair = elements(pair), pair.count == 2 else { throw cursor.damage("a pickle dictionary without pairs") }
      return pair
    }
  }

  /// `('storage', torch.FloatStorage, key, device, count)`, in old files with `None` or `(key, offset, length)` behind.
  private mutating func persistent(_ identifier: PickleValue) throws -> PickleValue {
    let parts = elements(identifier) ?? []
    guard parts.count == 5 || parts.count == 6, case .text("storage") = parts[0],
      case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2], case .integer(let count) = parts[4]
    else { throw cursor.damage("a storage that is not described as PyTorch does it") }
    var (start, length) = (0, count)
    if parts.count == 6, let view = elements(parts[5]) {
      guard view.count == 3, case .integer(let viewStart) = view[1], case .integer(let viewLength) = view[2] else {
        throw cursor.damage("a view of a storage that is not described as PyTorch does it")
      }
      (start, length) = (viewStart, viewLength)
    }
    storages.append(TorchStorage(key: key, type: type, count: count, start: start, length: length))
    return .storage(storages.count - 1)
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, ...)`
  private mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw cursor.damage("a tensor that is not described as PyTorch does it") }
    tensors.append(TorchTensor(storage: storage, offset: offset, shape: shape, strides: strides))
    return .tensor(tensors.count - 1)
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = elements(value), items.count <= TensorInfo.maximumRank else { return nil }
    let integers = items.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
    return integers.count == items.count ? integers : nil
  }
}

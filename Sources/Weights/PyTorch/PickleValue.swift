/// What a pickle's instructions make. Containers are numbers into the machine's table, so that no nesting in the file
/// becomes a nesting of objects in memory.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case text(String)
  case global(PickleGlobal)
  /// A tuple, list or dictionary: its place in `PickleMachine.containers`.
  case container(Int)
  /// Its place in `PickleMachine.storages`.
  case storage(Int)
  /// Its place in `PickleMachine.tensors`.
  case tensor(Int)
  /// Something that is read over: floats, bytes, objects that no tensor depends on.
  case inert
}

/// A tuple, list or dictionary.
struct PickleContainer {
  enum Kind { case tuple, list, dictionary }
  let kind: Kind
  /// The elements; of a dictionary key, value, key, value, ...
  var items: [PickleValue] = []
}

/// A storage as the pickle names it; its values lie elsewhere in the file.
struct TorchStorage: Equatable {
  let key: String
  let type: TensorType
  /// How many values the storage has.
  let count: Int
  /// The first value of the view that the pickle means; old files have views of storages.
  let start: Int
  /// How many values that view has.
  let length: Int
}

/// A tensor as the pickle describes it: unchecked numbers.
struct TorchTensor {
  let storage: Int
  /// The first value, counted from the storage's start.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// The functions and classes that a file of weights may name: the allow-list. Nothing in it is ever run; the reader
/// knows what the few that make tensors mean, and reads over the others.
enum PickleGlobal: Equatable {
  /// `collections.OrderedDict`
  case orderedDictionary
  /// `torch._utils._rebuild_tensor` and `_rebuild_tensor_v2`
  case rebuildTensor
  /// `torch._utils._rebuild_parameter`: a tensor with a flag.
  case rebuildParameter
  /// `torch.FloatStorage` and its sisters.
  case storage(TensorType)
  /// A class whose objects carry settings, not weights.
  case inert

  /// - Returns: nil where the name is not on the list.
  init?(module: String, name: String) {
    switch module {
    case "collections" where name == "OrderedDict": self = .orderedDictionary
    case "torch._utils" where name == "_rebuild_tensor" || name == "_rebuild_tensor_v2": self = .rebuildTensor
    case "torch._utils" where name.hasPrefix("_rebuild_parameter"): self = .rebuildParameter
    case "torch":
      if let type = Self.storages[name] {
        self = .storage(type)
      } else if Self.inertTorch.contains(name) {
        self = .inert
      } else {
        return nil
      }
    default:
      guard Self.inertNames.contains("\(module).\(name)") else { return nil }
      self = .inert
    }
  }

  private static let storages: [String: TensorType] = [
    "FloatStorage": .f32, "DoubleStorage": .f64, "HalfStorage": .f16, "BFloat16Storage": .bf16, "LongStorage": .i64,
    "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8, "BoolStorage": .bool,
  ]

  private static let inertTorch: Set = [
    "Size", "device", "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
  ]

  /// What training programs put beside the weights: their arguments, counters and random states.
  private static let inertNames: Set = [
    "argparse.Namespace", "collections.defaultdict", "collections.Counter", "builtins.set", "builtins.list",
    "builtins.dict", "builtins.int", "builtins.float", "__builtin__.set", "__builtin__.list", "__builtin__.dict",
    "_codecs.encode", "pathlib.PosixPath", "pathlib.PurePosixPath", "numpy.dtype", "numpy.ndarray",
    "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar",
    "numpy._core.multiarray._reconstruct",
  ]
}

import Foundation

/// What can be wrong with a file of tensors. Every case becomes one sentence: what, which value, what to do.
public enum WeightsError: Error, Equatable, Sendable {
  /// There is no such file.
  case absent(path: String)
  /// The file is not a regular file, or the system refuses to read it.
  case unreadable(path: String, reason: String)
  /// The file as a whole is of no known format, or is damaged.
  case malformed(path: String, reason: String)
  /// The file's pickle names something that a file of weights has no use for.
  case forbidden(path: String, name: String)
  /// What the file says about one tensor cannot be right.
  case badTensor(name: String, path: String, reason: String)
  /// The file has no tensor of this name.
  case missingTensor(name: String, path: String)
  /// The tensor has another shape than its reader needs.
  case wrongShape(name: String, path: String, found: [Int], expected: [Int])
  /// The values handed to the writer do not form the tensor that they are named for.
  case unwritableTensor(name: String, reason: String)
  /// The file cannot be written; nothing is left behind.
  case unwritable(path: String, reason: String)
}

extension WeightsError {
  /// What an error means to a script.
  public enum Category: Sendable { case inputAbsent, badData, outputUnwritable }

  public var category: Category {
    switch self {
    case .absent: .inputAbsent
    case .unreadable, .malformed, .forbidden, .badTensor, .missingTensor, .wrongShape: .badData
    case .unwritableTensor, .unwritable: .outputUnwritable
    }
  }
}

extension WeightsError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .absent(let path):
      "there is no file \(path); check the spelling"
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .malformed(let path, let reason):
      "\(path) is not a usable file of weights (safetensors or PyTorch): \(reason); "
        + "it may be cut off or of another format, fetch or write it again"
    case .forbidden(let path, let name):
      "\(path) was not loaded: its pickle asks for '\(name)', which weights do not need; "
        + "convert the file to safetensors where you trust it"
    case .badTensor(let name, let path, let reason):
      "tensor '\(name)' of \(path) cannot be used: \(reason); fetch or write the file again"
    case .missingTensor(let name, let path):
      "\(path) has no tensor '\(name)'; it was probably written for another model or configuration"
    case .wrongShape(let name, let path, let found, let expected):
      "tensor '\(name)' of \(path) has shape \(found), needed is \(expected); use the configuration the file was written with"
    case .unwritableTensor(let name, let reason):
      "cannot write tensor '\(name)': \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason); check the folder, its permissions and the free space"
    }
  }

  public var errorDescription: String? { description }
}

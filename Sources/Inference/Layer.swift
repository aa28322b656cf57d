import COneDNN

/// An operation that oneDNN prepared for one shape. It may run on several threads at the same time, each time on the
/// thread that calls it.
class Layer: @unchecked Sendable {
  let inputShape: [Int]
  let outputShape: [Int]
  private let operation: String
  private let handle: OpaquePointer

  /// - Parameters:
  ///   - operation: what it does, for the sentence "oneDNN could not ...".
  ///   - make: prepares the operation and gives its status.
  init(
    _ operation: String, from inputShape: [Int], to outputShape: [Int],
    make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) throws(InferenceError) {
    var handle: OpaquePointer?
    try check(make(&handle), operation)
    guard let handle else { throw .library(operation: operation, status: "nothing prepared") }
    (self.operation, self.inputShape, self.outputShape, self.handle) = (operation, inputShape, outputShape, handle)
  }

  deinit { conednn_free(handle) }

  func run(_ input: Tensor, into output: Tensor) throws(InferenceError) {
    precondition(input.count == inputShape.reduce(1, *), "\(input.shape) for an operation on \(inputShape)")
    precondition(output.count == outputShape.reduce(1, *), "\(output.shape) for a result of \(outputShape)")
    try check(conednn_run(handle, input.pointer, output.pointer), operation)
  }
}

/// Throws what a status of oneDNN says.
func check(_ status: Int32, _ operation: String) throws(InferenceError) {
  guard status != 0 else { return }
  throw .library(operation: operation, status: String(cString: conednn_status_text(status)))
}

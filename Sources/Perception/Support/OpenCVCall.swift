/// Runs one function of the C shim with its message buffer and throws what it reports.
///
/// - Parameter operation: what was attempted, for the sentence "OpenCV could not ...".
func openCV(
  _ operation: String, _ call: (_ message: UnsafeMutablePointer<CChar>, _ size: Int) -> Int32
) throws(PerceptionError) {
  let size = 1024
  let message: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
    guard let start = buffer.baseAddress else { return "no memory for a message" }
    start.initialize(repeating: 0, count: size)
    return call(start, size) == 0 ? nil : String(cString: start)
  }
  if let message { throw .openCV(operation: operation, message: message) }
}

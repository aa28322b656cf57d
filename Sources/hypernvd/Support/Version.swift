import CKernels

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  /// The set of numeric kernels in use.
  static var kernels: String { String(cString: ck_active().pointee.name) }

  static var text: String { "hypernvd \(number) (kernels: \(kernels))" }
}

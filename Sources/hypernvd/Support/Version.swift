import CKernels

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  /// The set of numeric kernels in use.
  static var kernels: String { String(cString: ck_active().pointee.name) }

  static var text: String {
    let ignored = ck_requested_isa_ignored().map {
      "\nHYPERNVD_ISA=\(String(cString: $0)) is unknown or cannot run here"
    }
    return "hypernvd \(number) (kernels: \(kernels))" + (ignored ?? "")
  }
}

import Decomposition

extension DecompositionConfiguration {
  /// - Throws: `SessionError.badSetting` with the first value out of its range.
  func check() throws {
    if let fault { throw SessionError.badSetting(key: fault.key, reason: fault.reason) }
  }
}

import Foundation

/// Probabilities and their log odds.
enum Logit {
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  /// log(p / (1 - p)) with p kept `doubt` away from 0 and 1.
  static func of(_ probability: Float, doubt: Float) -> Float {
    let p = min(1 - doubt, max(doubt, probability))
    return log(p / (1 - p))
  }
}

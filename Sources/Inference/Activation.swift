import COneDNN

/// What follows a linear operation, without a pass over memory of its own.
public enum Activation: Sendable {
  /// Nothing.
  case identity
  /// `max(0, x)`.
  case relu
  /// `x (1 + erf(x / √2)) / 2`.
  case gelu

  var code: conednn_activation {
    switch self {
    case .identity: CONEDNN_IDENTITY
    case .relu: CONEDNN_RELU
    case .gelu: CONEDNN_GELU
    }
  }
}

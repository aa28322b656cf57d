import Foundation

/// The names of RAFT's tensors. This package uses those of the original code; torchvision renamed every layer.
enum RAFTNames: Sendable {
  case original
  case torchvision

  /// A layer that every file of either kind has.
  static let stem = "fnet.conv1"

  /// The name in a file of this kind of a layer with the given original name, without `.weight` or `.bias`.
  func name(_ layer: String) -> String {
    guard self == .torchvision else { return layer }
    let parts = layer.split(separator: ".").map(String.init)
    switch parts[0] {
    case "fnet": return "feature_encoder." + encoderName(Array(parts.dropFirst()))
    case "cnet": return "context_encoder." + encoderName(Array(parts.dropFirst()))
    default: return updateName(parts)
    }
  }

  private func encoderName(_ parts: [String]) -> String {
    switch parts[0] {
    case "conv1": return "convnormrelu.0"
    case "norm1": return "convnormrelu.1"
    case "conv2": return "conv"
    default: break
    }
    // layerL.B.convN, layerL.B.normN, or layerL.B.downsample.K, which both kinds call the same.
    guard parts.count == 3, let number = parts[2].last else { return parts.joined(separator: ".") }
    return "\(parts[0]).\(parts[1]).convnormrelu\(number)." + (parts[2].hasPrefix("conv") ? "0" : "1")
  }

  private func updateName(_ parts: [String]) -> String {
    switch (parts[1], parts[2]) {
    case ("encoder", let convolution):
      let name = convolution.replacingOccurrences(of: "convc", with: "convcorr")
        .replacingOccurrences(of: "convf", with: "convflow")
      return "update_block.motion_encoder.\(name).0"
    case ("gru", let gate):
      // convz of the small network; convz1 and convz2 of the large one's two units.
      let number = gate.last.flatMap { $0.isNumber ? $0 : nil } ?? "1"
      return "update_block.recurrent_block.convgru\(number).\(gate.filter { !$0.isNumber })"
    case ("mask", "0"): return "mask_predictor.convrelu.0"
    case ("mask", _): return "mask_predictor.conv"
    default: return parts.joined(separator: ".")
    }
  }
}

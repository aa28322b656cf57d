import NeuralField

/// Evaluation of the networks at points whose pixel coordinates and frames are given. Each step reads what the one
/// before it wrote into the workspace.
extension NVDModel {
  /// Normalised positions of pixels, into `position`.
  func place(x: [Float], y: [Float], frame: [Int32], count: Int, into position: FeatureRows) {
    let (px, py, pt) = (position[0], position[1], position[2])
    for m in 0..<count {
      px[m] = geometry.normalised(x[m])
      py[m] = geometry.normalised(y[m])
      pt[m] = geometry.normalised(time: Float(frame[m]))
    }
  }

  /// uv of `layer` at `count` points: tanh(MLP(p)), or tanh(base + MLP(p)).
  func evaluateMapping(
    layer index: Int, position: FeatureRows, x: [Float], y: [Float], frame: (Int) -> Int, count: Int,
    workspace: FieldWorkspace, uv: FeatureRows, kernels: Kernels
  ) {
    let layer = layers[index]
    let network = workspace.mappingNetworks[index]
    layer.mapping.forward(
      parameters.pointer, input: position, workspace: network, count: count, kernels: kernels)
    let (outU, outV) = (network.output[0], network.output[1])
    let (u, v) = (uv[0], uv[1])
    if let base = layer.base {
      for m in 0..<count {
        let place = base.place(x: x[m], y: y[m], frame: frame(m))
        u[m] = outU[m] + MappingBase.atanh(place.u)
        v[m] = outV[m] + MappingBase.atanh(place.v)
      }
    } else {
      u.update(from: outU, count: count)
      v.update(from: outV, count: count)
    }
    kernels.tanh(u, u, count: count)
    kernels.tanh(v, v, count: count)
  }

  /// Colours of the texture of `layer` at `count` places `uv`, into `workspace.texture`.
  func evaluateTexture(layer index: Int, uv: FeatureRows, count: Int, workspace: FieldWorkspace, kernels: Kernels) {
    let layer = layers[index]
    let input = workspace.textureInput[index]
    for axis in 0..<2 { Self.toUnit(uv[axis], input[axis], count: count) }
    layer.textureGrid.encode(
      parameters.pointer, input: input, output: workspace.textureFeatures[index], count: count, kernels: kernels)
    let network = workspace.textureNetworks[index]
    layer.texture.forward(
      parameters.pointer, input: workspace.textureFeatures[index], workspace: network, count: count, kernels: kernels)
    for channel in 0..<3 {
      kernels.sigmoid2(network.output[channel], workspace.texture[index][channel], count: count)
    }
  }

  /// Residuals of `layer` at the first `count` points of `workspace.residualInput` (u, v, t in [0, 1]).
  func evaluateResidual(layer index: Int, count: Int, workspace: FieldWorkspace, kernels: Kernels) {
    let layer = layers[index]
    layer.residualGrid.encode(
      parameters.pointer, input: workspace.residualInput[index], output: workspace.residualFeatures[index],
      count: count, kernels: kernels)
    let network = workspace.residualNetworks[index]
    layer.residual.forward(
      parameters.pointer, input: workspace.residualFeatures[index], workspace: network, count: count, kernels: kernels)
    for channel in 0..<configuration.residualChannels {
      kernels.softplus(network.output[channel], workspace.residual[index][channel], count: count)
    }
  }

  /// Opacities of all layers at the first `count` positions: a0, a1 (1 - a0), ..., and the rest for the background.
  func evaluateAlpha(position: FeatureRows, count: Int, workspace: FieldWorkspace, kernels: Kernels) {
    for axis in 0..<3 { Self.toUnit(position[axis], workspace.alphaInput[axis], count: count) }
    alphaGrid.encode(
      parameters.pointer, input: workspace.alphaInput, output: workspace.alphaFeatures, count: count, kernels: kernels)
    alpha.forward(
      parameters.pointer, input: workspace.alphaFeatures, workspace: workspace.alphaNetwork, count: count,
      kernels: kernels)
    let rest = workspace.alpha[foregroundCount]
    rest.update(repeating: 1, count: count)
    for foreground in 0..<foregroundCount {
      let raw = workspace.rawAlpha[foreground]
      kernels.sigmoid2(workspace.alphaNetwork.output[foreground], raw, count: count)
      let alpha = workspace.alpha[foreground]
      for m in 0..<count {
        let a = min(max(raw[m], Self.alphaFloor), 1 - Self.alphaFloor)
        alpha[m] = a * rest[m]
        rest[m] *= 1 - a
      }
    }
  }

  /// The two reconstructions at the colour points: sum_i alpha_i T_i R_i, and sum_i alpha_i T_i with what the changing coarse
  /// light adds to it, sum_i alpha_i T_i (S_i - M_i), where the workspace has such light.
  func composite(count: Int, workspace: FieldWorkspace) {
    let lastChannel = configuration.residualChannels - 1
    for channel in 0..<3 {
      let (colour, bare) = (workspace.colour[channel], workspace.bareColour[channel])
      let added = workspace.addedLight[channel]
      for row in [colour, bare, added] { row.update(repeating: 0, count: count) }
      for layer in 0..<layerCount {
        let alpha = workspace.alpha[layer]
        let texture = workspace.texture[layer][channel]
        let residual = workspace.residual[layer][min(channel, lastChannel)]
        for m in 0..<count {
          colour[m] += alpha[m] * texture[m] * residual[m]
          bare[m] += alpha[m] * texture[m]
        }
        guard let change = workspace.coarseLight?.changing[layer][min(channel, lastChannel)] else { continue }
        for m in 0..<count { added[m] += alpha[m] * texture[m] * change[m] }
      }
      for m in 0..<count { bare[m] += added[m] }
    }
  }

  /// [-1, 1] -> [0, 1], clamped.
  static func toUnit(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, count: Int) {
    for m in 0..<count { target[m] = min(max(source[m] * 0.5 + 0.5, 0), 1) }
  }
}

import Foundation
import NeuralField

/// A chunk as a complete training problem: it enters as points and leaves as loss values, gradients of the networks, and
/// gradients of the grids' features; nothing of the batch's size is stored in between.
struct ChunkGradient {
  let model: NVDModel
  let kernels: Kernels

  /// Evaluates the model at `samples`, adds the gradient of the weighted losses to `gradient` (networks, at the places
  /// of the layout), leaves what concerns the grids in `grids`, and adds the coarse light to `light`.
  func evaluate(
    _ samples: ChunkSamples, workspace: FieldWorkspace, configuration: TrainingConfiguration, phases: LossPhases,
    normalisers: LossNormalisers, gradient: UnsafeMutablePointer<Float>, grids: inout GridGradients,
    light: LightSums? = nil, watch: PartWatch? = nil
  ) -> LossTerms {
    watch?.start()
    forward(samples, workspace: workspace)
    watch?.lap(.forward)
    zeroGradients(samples, workspace: workspace)
    let loss = ChunkLoss(
      model: model, samples: samples, workspace: workspace, weights: configuration.weights, normalisers: normalisers,
      phases: phases, layers: model.layers.indices)
    loss.measureError()
    light.map { addCoarseLight(samples, workspace: workspace, to: $0) }
    var terms = LossTerms()
    terms[.rgb] = loss.rgb()
    terms[.bare] = loss.bare()
    terms[.gradient] = loss.gradient()
    terms[.flowMapping] = loss.flowMapping()
    terms[.flowAlpha] = loss.flowAlpha()
    terms[.sparsity] = loss.sparsity()
    terms[.residualSmoothness] = loss.residualSmoothness()
    terms[.residualRegularisation] = loss.residualRegularisation()
    terms[.lightRegularisation] = loss.lightRegularisation()
    terms[.alphaRegularisation] = loss.alphaRegularisation()
    terms[.rigidity] = loss.rigidity()
    terms[.globalRigidity] = loss.globalRigidity(step: configuration.sampling.globalRigidityStep)
    terms[.bootstrapping] = loss.bootstrapping()
    watch?.lap(.losses)
    backward(samples, workspace: workspace, gradient: gradient, grids: &grids)
    watch?.lap(.backward)
    return terms
  }

  /// The losses of the background's mapping alone, flow and rigidity, with the masks in place of opacities: adds their
  /// gradient and returns their weighted values.
  func evaluateBackgroundMapping(
    _ samples: ChunkSamples, workspace: FieldWorkspace, configuration: TrainingConfiguration,
    normalisers: LossNormalisers, gradient: UnsafeMutablePointer<Float>
  ) -> LossTerms {
    let background = model.foregroundCount
    // Seen everywhere: its packed rows are the rows of all points.
    map(samples.layers[background], layer: background, workspace: workspace)
    let opacity = workspace.alpha[background]
    for point in 0..<samples.colourCount { opacity[point] = 1 }
    for foreground in 0..<background {
      let mask = samples.mask[foreground]
      for point in 0..<samples.colourCount { opacity[point] *= 1 - mask[point] }
    }
    zeroGradients(samples, workspace: workspace)
    let loss = ChunkLoss(
      model: model, samples: samples, workspace: workspace, weights: configuration.weights, normalisers: normalisers,
      phases: LossPhases(bootstrapping: false, rigidity: true, globalRigidity: true),
      layers: background..<background + 1)
    var terms = LossTerms()
    terms[.flowMapping] = loss.flowMapping()
    terms[.rigidity] = loss.rigidity()
    terms[.globalRigidity] = loss.globalRigidity(step: configuration.sampling.globalRigidityStep)
    mappingBackward(background, count: samples.mappedCount, workspace: workspace, gradient: gradient)
    return terms
  }

  // MARK: Forward

  private func map(_ points: LayerPoints, layer: Int, workspace: FieldWorkspace) {
    let position = workspace.layerPosition[layer]
    model.place(x: points.x, y: points.y, frame: points.frame, count: points.mappedCount, into: position)
    model.evaluateMapping(
      layer: layer, position: position, x: points.x, y: points.y, frame: { Int(points.frame[$0]) },
      count: points.mappedCount, workspace: workspace, uv: workspace.uv[layer], kernels: kernels)
  }

  private func forward(_ samples: ChunkSamples, workspace: FieldWorkspace) {
    mapPatches(samples, workspace: workspace)
    for (layer, points) in samples.layers.enumerated() {
      map(points, layer: layer, workspace: workspace)
      model.evaluateTexture(
        layer: layer, uv: workspace.uv[layer], count: points.colourCount, workspace: workspace, kernels: kernels)
      placeResiduals(samples, layer: layer, workspace: workspace)
      model.evaluateResidual(layer: layer, count: points.residualCount, workspace: workspace, kernels: kernels)
      workspace.coarseLight?.evaluate(
        model, layer: layer, uv: workspace.uv[layer], residualFeatures: workspace.residualFeatures[layer],
        count: points.colourCount, kernels: kernels)
    }
    let opacity = samples.opacity
    model.place(x: opacity.x, y: opacity.y, frame: opacity.frame, count: opacity.alphaCount, into: workspace.position)
    model.evaluateAlpha(position: workspace.position, count: opacity.alphaCount, workspace: workspace, kernels: kernels)
    spread(samples, workspace: workspace)
    model.composite(count: samples.colourCount, workspace: workspace)
  }

  /// From packed rows to rows of all points; a foreground that was not evaluated looks like the background, and where
  /// none was, the background is opaque.
  private func spread(_ samples: ChunkSamples, workspace: FieldWorkspace) {
    let background = model.foregroundCount
    for (layer, points) in samples.layers.enumerated().reversed() {
      for axis in 0..<2 { points.spreadMapped(workspace.uv[layer][axis]) }
      for channel in 0..<3 {
        let (colour, behind) = (workspace.texture[layer][channel], workspace.texture[background][channel])
        points.spreadColour(colour)
        for point in points.skipped { colour[point] = behind[point] }
      }
      for channel in 0..<model.configuration.residualChannels {
        let (light, behind) = (workspace.residual[layer][channel], workspace.residual[background][channel])
        points.spreadResidual(light)
        for point in points.skipped { light[point] = behind[point] }
        guard let coarse = workspace.coarseLight else { continue }
        for rows in [coarse.values, coarse.changing] {
          points.spreadColour(rows[layer][channel])
          for point in points.skipped { rows[layer][channel][point] = rows[background][channel][point] }
        }
      }
      let alpha = workspace.alpha[layer]
      samples.opacity.spreadAlpha(alpha)
      for point in samples.opacity.skipped { alpha[point] = layer == background ? 1 : 0 }
    }
  }

  private func addCoarseLight(_ samples: ChunkSamples, workspace: FieldWorkspace, to sums: LightSums) {
    guard let light = workspace.coarseLight?.values else { return }
    for (layer, points) in samples.layers.enumerated() {
      sums.add(
        layer: layer, uv: workspace.uv[layer], light: light[layer], opacity: workspace.alpha[layer],
        weight: samples.weight, isActive: points.isActive)
    }
  }

  /// Texture places of the residual patches; no gradient flows through them.
  private func mapPatches(_ samples: ChunkSamples, workspace: FieldWorkspace) {
    let size = ChunkSamples.patchSize
    for (layer, points) in samples.layers.enumerated() where !points.patches.isEmpty {
      let indices = points.patches.flatMap { $0 * size..<($0 + 1) * size }
      let (x, y) = (indices.map { samples.patchX[$0] }, indices.map { samples.patchY[$0] })
      let frames = indices.map { samples.patches[$0 / size].first }
      model.place(x: x, y: y, frame: frames, count: indices.count, into: workspace.patchPosition)
      model.evaluateMapping(
        layer: layer, position: workspace.patchPosition, x: x, y: y, frame: { Int(frames[$0]) },
        count: indices.count, workspace: workspace, uv: workspace.patchUV[layer], kernels: kernels)
    }
  }

  /// (u, v, t) in [0, 1] for the residual network: the colour points, then the patches at their first and second times.
  private func placeResiduals(_ samples: ChunkSamples, layer: Int, workspace: FieldWorkspace) {
    let input = workspace.residualInput[layer]
    let patches = samples.layers[layer].patches
    let points = samples.layers[layer].colourCount
    let patchPoints = patches.count * ChunkSamples.patchSize
    for axis in 0..<2 {
      input[axis].update(from: workspace.textureInput[layer][axis], count: points)
      let patch = workspace.patchUV[layer][axis]
      NVDModel.toUnit(patch, input[axis] + points, count: patchPoints)
      NVDModel.toUnit(patch, input[axis] + points + patchPoints, count: patchPoints)
    }
    let time = input[2]
    NVDModel.toUnit(workspace.layerPosition[layer][2], time, count: points)
    for i in 0..<patchPoints {
      let patch = samples.patches[patches[i / ChunkSamples.patchSize]]
      time[points + i] = model.geometry.normalised(time: Float(patch.first)) * 0.5 + 0.5
      time[points + patchPoints + i] = model.geometry.normalised(time: Float(patch.second)) * 0.5 + 0.5
    }
  }

  // MARK: Backward

  private func zeroGradients(_ samples: ChunkSamples, workspace: FieldWorkspace) {
    let points = samples.colourCount
    let channels = model.configuration.residualChannels
    for layer in model.layers.indices {
      workspace.uvGradient[layer].zero(rows: 0..<2, count: samples.mappedCount)
      workspace.textureGradient[layer].zero(rows: 0..<3, count: points)
      let patchEvaluations = 2 * ChunkSamples.patchSize * samples.patches.count
      workspace.residualGradient[layer].zero(rows: 0..<channels, count: points + patchEvaluations)
      workspace.coarseLight?.gradient[layer].zero(rows: 0..<channels, count: points)
    }
    workspace.alphaGradient.zero(rows: 0..<model.layerCount, count: points + samples.matches.count)
    workspace.colourGradient.zero(rows: 0..<3, count: points)
    workspace.bareGradient.zero(rows: 0..<3, count: points)
  }

  private func backward(
    _ samples: ChunkSamples, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>,
    grids: inout GridGradients
  ) {
    compositeBackward(count: samples.colourCount, workspace: workspace)
    pack(samples, workspace: workspace)
    for (layer, points) in samples.layers.enumerated() {
      textureBackward(
        layer, count: points.colourCount, workspace: workspace, gradient: gradient, record: &grids.textures[layer])
      residualBackward(
        layer, colourCount: points.colourCount, count: points.residualCount, workspace: workspace, gradient: gradient,
        record: &grids.residuals[layer])
      mappingBackward(layer, count: points.mappedCount, workspace: workspace, gradient: gradient)
    }
    alphaBackward(
      count: samples.opacity.alphaCount, workspace: workspace, gradient: gradient, record: &grids.alpha)
  }

  /// The adjoint of `spread`.
  private func pack(_ samples: ChunkSamples, workspace: FieldWorkspace) {
    let background = model.foregroundCount
    for (layer, points) in samples.layers.enumerated() {
      for axis in 0..<2 {
        points.packMapped(workspace.uv[layer][axis])
        points.packMapped(workspace.uvGradient[layer][axis])
      }
      for channel in 0..<3 {
        let gradient = workspace.textureGradient[layer][channel]
        let behind = workspace.textureGradient[background][channel]
        for point in points.skipped { behind[point] += gradient[point] }
        points.packColour(gradient)
        points.packColour(workspace.texture[layer][channel])
      }
      for channel in 0..<model.configuration.residualChannels {
        let gradient = workspace.residualGradient[layer][channel]
        let behind = workspace.residualGradient[background][channel]
        for point in points.skipped { behind[point] += gradient[point] }
        points.packResidual(gradient)
        // Where the layer was not evaluated no loss looks at its coarse light.
        if let coarse = workspace.coarseLight { points.packColour(coarse.gradient[layer][channel]) }
      }
      samples.opacity.packAlpha(workspace.alpha[layer])
      samples.opacity.packAlpha(workspace.alphaGradient[layer])
    }
  }

  /// From the gradients of the two reconstructions to those of alpha, textures and residuals.
  private func compositeBackward(count: Int, workspace: FieldWorkspace) {
    let lastChannel = model.configuration.residualChannels - 1
    for layer in model.layers.indices {
      let alpha = workspace.alpha[layer]
      let alphaGradient = workspace.alphaGradient[layer]
      for channel in 0..<3 {
        let residualChannel = min(channel, lastChannel)
        let full = workspace.colourGradient[channel]
        let bare = workspace.bareGradient[channel]
        let texture = workspace.texture[layer][channel]
        let textureGradient = workspace.textureGradient[layer][channel]
        let residual = workspace.residual[layer][residualChannel]
        let residualGradient = workspace.residualGradient[layer][residualChannel]
        for m in 0..<count {
          // By alpha times texture; what the changing light adds is given.
          let slope = bare[m] + full[m] * residual[m]
          alphaGradient[m] += slope * texture[m]
          textureGradient[m] += slope * alpha[m]
          residualGradient[m] += full[m] * alpha[m] * texture[m]
        }
      }
    }
  }

  private func textureBackward(
    _ index: Int, count: Int, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>,
    record: inout GridGradients.Record
  ) {
    let layer = model.layers[index]
    let scratch = workspace.scratch
    for channel in 0..<3 {
      let (colour, slope, dz) =
        (workspace.texture[index][channel], workspace.textureGradient[index][channel], scratch[channel])
      // d/dz (tanh z + 1) / 2 = 2 y (1 - y).
      for m in 0..<count { dz[m] = slope[m] * 2 * colour[m] * (1 - colour[m]) }
    }
    record.begin(layer.textureGrid, input: workspace.textureInput[index], count: count)
    layer.texture.backward(
      model.parameters.pointer, input: workspace.textureFeatures[index], workspace: workspace.textureNetworks[index],
      outputGradient: scratch, inputGradient: record.features, count: count, gradient: gradient, kernels: kernels)
    layer.textureGrid.slope(
      model.parameters.pointer, input: record.input, outputGradient: record.features,
      inputGradient: workspace.inputGradient, count: count, kernels: kernels)
    for axis in 0..<2 {
      let (source, target) = (workspace.inputGradient[axis], workspace.uvGradient[index][axis])
      for m in 0..<count { target[m] += 0.5 * source[m] }
    }
  }

  private func residualBackward(
    _ index: Int, colourCount: Int, count: Int, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>,
    record: inout GridGradients.Record
  ) {
    let layer = model.layers[index]
    let network = workspace.residualNetworks[index]
    let scratch = workspace.scratch
    for channel in 0..<model.configuration.residualChannels {
      kernels.softplusBackward(
        network.output[channel], workspace.residualGradient[index][channel], scratch[channel], count: count)
    }
    record.begin(layer.residualGrid, input: workspace.residualInput[index], count: count)
    layer.residual.backward(
      model.parameters.pointer, input: workspace.residualFeatures[index], workspace: network, outputGradient: scratch,
      inputGradient: record.features, count: count, gradient: gradient, kernels: kernels)
    workspace.coarseLight?.backward(
      model, layer: index, count: colourCount, parameterGradient: gradient, residualFeatureGradient: record.features,
      kernels: kernels)
  }

  private func mappingBackward(
    _ index: Int, count: Int, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>
  ) {
    let scratch = workspace.scratch
    for axis in 0..<2 {
      let (uv, slope, dz) = (workspace.uv[index][axis], workspace.uvGradient[index][axis], scratch[axis])
      for m in 0..<count { dz[m] = slope[m] * (1 - uv[m] * uv[m]) }
    }
    model.layers[index].mapping.backward(
      model.parameters.pointer, input: workspace.layerPosition[index], workspace: workspace.mappingNetworks[index],
      outputGradient: scratch, inputGradient: nil, count: count, gradient: gradient, kernels: kernels)
  }

  /// From the gradients of the composed opacities to the alpha network: with a_i = r_i prod_{j<i} (1 - r_j),
  /// dL/dr_i = g_i prod_{j<i} (1 - r_j) - sum_{k>i} g_k a_k / (1 - r_i).
  private func alphaBackward(
    count: Int, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>, record: inout GridGradients.Record
  ) {
    let scratch = workspace.scratch
    let last = model.foregroundCount
    for m in 0..<count {
      var behind = workspace.alphaGradient[last][m] * workspace.alpha[last][m]
      for foreground in (0..<last).reversed() {
        let raw = workspace.rawAlpha[foreground][m]
        let clamped = min(max(raw, NVDModel.alphaFloor), 1 - NVDModel.alphaFloor)
        let slope = workspace.alphaGradient[foreground][m]
        let alpha = workspace.alpha[foreground][m]
        let dRaw = slope * alpha / clamped - behind / (1 - clamped)
        // The clamp has no slope outside its range.
        scratch[foreground][m] = raw == clamped ? dRaw * 2 * raw * (1 - raw) : 0
        behind += slope * alpha
      }
    }
    record.begin(model.alphaGrid, input: workspace.alphaInput, count: count)
    model.alpha.backward(
      model.parameters.pointer, input: workspace.alphaFeatures, workspace: workspace.alphaNetwork,
      outputGradient: scratch, inputGradient: record.features, count: count, gradient: gradient, kernels: kernels)
  }
}

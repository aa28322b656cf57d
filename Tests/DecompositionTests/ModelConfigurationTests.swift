import Foundation
import Media
import Testing

@testable import Decomposition

@Suite struct ModelConfigurationTests {
  /// Sizes of the tables of textures and residuals, 2^n entries.
  @Test(arguments: [
    (160, 96, 15, 15), (384, 216, 15, 15), (640, 360, 16, 15), (768, 432, 17, 16), (432, 768, 17, 16),
    (1920, 1080, 18, 17),
  ])
  func tablesGrowWithTheFrames(width: Int, height: Int, texture: Int, residual: Int) {
    let model = DecompositionConfiguration.preset(.fast, for: PixelSize(width: width, height: height)).model
    #expect(model.textureGrid.log2TableSize == texture && model.residualGrid.log2TableSize == residual)
    #expect(model.alphaGrid.log2TableSize == 15)
  }

  /// Residual tables that only a long training of large frames fills.
  @Test(arguments: [
    (TrainingBudget.seconds(180), 16), (.seconds(240), 18), (.iterations(9_999), 16), (.iterations(10_000), 18),
  ])
  func residualTablesGrowWithTheBudget(budget: TrainingBudget, residual: Int) {
    let size = PixelSize(width: 768, height: 432)
    var expected = DecompositionConfiguration.preset(.fast)
    expected.model.residualGrid.log2TableSize = residual
    #expect(DecompositionConfiguration.preset(.fast, for: size, budget: budget) == expected)
    let small = PixelSize(width: 384, height: 216)
    #expect(
      DecompositionConfiguration.preset(.fast, for: small, budget: budget)
        == DecompositionConfiguration.preset(.fast, for: small))
  }

  @Test func thePresetStandsForTheUsualSize() {
    let size = PixelSize(width: 768, height: 432)
    #expect(DecompositionConfiguration.preset(.fast, for: size) == .preset(.fast))
  }

  @Test(arguments: [(384, 1003), (160, 418), (48, 125), (1920, 2005)])
  func theFinestCellsFollowThePixels(width: Int, finest: Int) {
    let size = PixelSize(width: width, height: width / 2)
    let model = DecompositionConfiguration.preset(.fast, for: size).model
    for grid in [model.textureGrid, model.residualGrid] {
      #expect(abs(grid.resolution(level: grid.levels - 1) - finest) <= 1)
    }
    #expect(model.alphaGrid.growth == ModelConfiguration.fast.alphaGrid.growth)
    #expect(DecompositionConfiguration.preset(.fast, for: PixelSize(width: 2, height: 2)).model.textureGrid.growth == 1)
  }

  @Test func filesWithoutALinearReadingAreRead() throws {
    var model = ModelConfiguration.fast
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == model)
    var fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(fields.removeValue(forKey: "linear_reading") != nil)
    model.linearReading = 0
    let older = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: older) == model)
  }

  @Test func thePaperHasOneSizeForAll() {
    let size = PixelSize(width: 1920, height: 1080)
    #expect(DecompositionConfiguration.preset(.paper, for: size, budget: .seconds(3600)) == .preset(.paper))
  }

  @Test func tablesOfAnotherModelAreTaken() {
    var model = DecompositionConfiguration.preset(.fast, for: PixelSize(width: 160, height: 96)).model
    var other = ModelConfiguration.fast
    other.alphaGrid.log2TableSize = 14
    model.takeFit(of: other)
    #expect(model == other)
  }
}

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

  @Test func thePresetStandsForTheUsualSize() {
    let size = PixelSize(width: 768, height: 432)
    #expect(DecompositionConfiguration.preset(.fast, for: size) == .preset(.fast))
  }

  @Test func thePaperHasOneSizeForAll() {
    #expect(DecompositionConfiguration.preset(.paper, for: PixelSize(width: 1920, height: 1080)) == .preset(.paper))
  }

  @Test func tablesOfAnotherModelAreTaken() {
    var model = DecompositionConfiguration.preset(.fast, for: PixelSize(width: 160, height: 96)).model
    var other = ModelConfiguration.fast
    other.alphaGrid.log2TableSize = 14
    model.takeTables(of: other)
    #expect(model == other)
  }
}

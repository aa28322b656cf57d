import Foundation
import Media
import Testing

@testable import Decomposition

@Suite struct MappingBaseTests {
  private let geometry = VideoGeometry(size: PixelSize(width: 80, height: 60), frameCount: 2)

  @Test func identityScalesNormalisedCoordinates() {
    let base = MappingBase(motion: [.identity, .identity], scale: 0.6, geometry: geometry)
    let place = base.place(x: 60, y: 10, frame: 1)
    #expect(abs(place.u - 0.6 * 0.5) < 1e-6)
    #expect(abs(place.v - 0.6 * -0.75) < 1e-6)
    #expect(abs(tanh(MappingBase.atanh(place.u)) - place.u) < 1e-6)
  }

  @Test func motionIsAppliedInPixels() {
    let shift = Homography([1, 0, 8, 0, 1, -4, 0, 0, 1])
    let base = MappingBase(motion: [shift, .identity], scale: 0.5, geometry: geometry)
    let (moved, still) = (base.place(x: 20, y: 30, frame: 0), base.place(x: 28, y: 26, frame: 1))
    #expect(abs(moved.u - still.u) < 1e-6 && abs(moved.v - still.v) < 1e-6)
  }

  @Test func farAndUndefinedPlacesStayInside() {
    let wild = Homography([1, 0, 1e6, 0, 1, 0, 0, 0, 1])
    let nothing = Homography([0, 0, 0, 0, 0, 0, 0, 0, 0])
    let base = MappingBase(motion: [wild, nothing], scale: 0.6, geometry: geometry)
    #expect(base.place(x: 0, y: 0, frame: 0).u == MappingBase.limit)
    #expect(base.place(x: 0, y: 0, frame: 1) == (0, 0))
  }

  /// A pan by one and a half frames: the background shrinks until all of it fits, or a still one keeps its scale.
  @Test func backgroundMakesRoomForPans() throws {
    let pan = [Homography.identity, Homography([1, 0, 120, 0, 1, 0, 0, 0, 1])]
    func scale(_ motion: [Homography]) throws -> Float {
      try NVDModel(
        configuration: .fast, geometry: geometry, layerNames: ["foreground", "background"], motion: [pan, motion]
      ).layers[1].scale
    }
    #expect(try scale([.identity, .identity]) == 0.6)
    let model = MappingBase(motion: pan, scale: try scale(pan), geometry: geometry)
    #expect(model.place(x: 79, y: 0, frame: 1).u < MappingBase.limit)
  }
}

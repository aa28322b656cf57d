extension SceneConfiguration {
  /// Another kind of scene for every seed: cameras that stand, pan, zoom and turn, objects that are rigid or bend, light
  /// that stays or changes. What is to be learned from many clips needs clips that differ.
  ///
  /// Per frame: a pan of at most 1.2 % of the longer side, a zoom of .8 %, a turn of .006 radians; objects travel at most
  /// 1.5 %, grow by 1 %, turn by .03 radians and bend by at most 8 % of their radius. Light changes by at most 25 %.
  public static func varied(seed: UInt64) -> SceneConfiguration {
    var random = SceneRandom(seed: seed)
    var scene = SceneConfiguration()
    // The seed of the pictures must not be the one that the numbers below come from.
    scene.seed = random.next()
    scene.camera = random.next(0..<1) < 0.2 ? .still : CameraMotion(varied: &random)
    scene.objects.travel = random.next(0.002..<0.015)
    scene.objects.growth = random.next(-0.01..<0.01)
    scene.objects.rotation = random.next(-0.03..<0.03)
    scene.objects.wobble = random.next(0..<0.08)
    scene.lighting = random.next(0..<0.25)
    scene.edgeWidth = random.next(1.5..<3)
    return scene
  }
}

extension SceneConfiguration.CameraMotion {
  fileprivate init(varied random: inout SceneRandom) {
    panX = random.next(-0.012..<0.012)
    panY = random.next(-0.006..<0.006)
    zoom = random.next(-0.008..<0.008)
    rotation = random.next(-0.006..<0.006)
  }
}

/// The mask of one object in every frame of a clip, with the name of its layer.
public struct ObjectMasks: Sendable {
  public var name: String
  public var masks: [Mask]

  public init(name: String, masks: [Mask]) {
    self.name = name
    self.masks = masks
  }

  /// What is seen of objects, front first: where masks overlap, the pixel is that of the object in front, and an object's
  /// mask is cut to what the masks in front of it leave of each pixel.
  /// - Precondition: as many masks of the same size for every object.
  public static func seen(_ objects: [ObjectMasks]) -> [ObjectMasks] {
    guard objects.count > 1 else { return objects }
    var objects = objects
    for frame in objects[0].masks.indices {
      var left = [UInt8](repeating: 255, count: objects[0].masks[frame].values.count)
      for object in objects.indices {
        objects[object].masks[frame].values.withUnsafeMutableBufferPointer { values in
          for pixel in values.indices {
            values[pixel] = min(values[pixel], left[pixel])
            left[pixel] -= values[pixel]
          }
        }
      }
    }
    return objects
  }
}

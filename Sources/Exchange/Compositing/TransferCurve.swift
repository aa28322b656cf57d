import Foundation

/// The sRGB curve (IEC 61966-2-1) between display values and linear light, continued beyond [0, 1].
public enum TransferCurve {
  public static func linear(_ value: Float) -> Float {
    let size = abs(value)
    let light = size <= 0.04045 ? size / 12.92 : powf((size + 0.055) / 1.055, 2.4)
    return value < 0 ? -light : light
  }
}

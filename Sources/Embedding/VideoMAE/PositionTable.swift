import Foundation

/// The fixed sines and cosines that tell a token where it stands; they are in no checkpoint.
enum PositionTable {
  /// `tokens x width` values: at position p and column j the sine (even j) or cosine (odd j) of
  /// `p / 10000^(2 floor(j / 2) / width)`.
  static func values(tokens: Int, width: Int) -> [Float] {
    let frequencies = (0..<width).map { pow(10000, -Double(2 * ($0 / 2)) / Double(width)) }
    return (0..<tokens).flatMap { position in
      frequencies.enumerated().map { column, frequency in
        let angle = Double(position) * frequency
        return Float(column.isMultiple(of: 2) ? sin(angle) : cos(angle))
      }
    }
  }
}

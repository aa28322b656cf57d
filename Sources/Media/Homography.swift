import Foundation

/// A projective map of the image plane, in pixels: `(x, y, 1) -> matrix * (x, y, 1)`, then division by the third value.
public struct Homography: Equatable, Codable, Sendable {
  /// Row-major 3 x 3.
  public var matrix: [Double]

  /// - Precondition: nine values.
  public init(_ matrix: [Double]) {
    precondition(matrix.count == 9, "a homography has nine values, not \(matrix.count)")
    self.matrix = matrix
  }

  /// - Throws: `DecodingError` where there are not nine finite values.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    matrix = try container.decode([Double].self, forKey: .matrix)
    guard matrix.count == 9, matrix.allSatisfy(\.isFinite) else {
      throw DecodingError.dataCorruptedError(
        forKey: .matrix, in: container, debugDescription: "a homography has nine finite values")
    }
  }

  public static let identity = Homography([1, 0, 0, 0, 1, 0, 0, 0, 1])

  public func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let m = matrix
    let w = m[6] * x + m[7] * y + m[8]
    return ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
  }

  /// `a * b` maps by `b` first, then by `a`.
  public static func * (a: Homography, b: Homography) -> Homography {
    var product = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0..<3 {
        product[3 * row + column] = (0..<3).reduce(0) { $0 + a.matrix[3 * row + $1] * b.matrix[3 * $1 + column] }
      }
    }
    return Homography(product)
  }

  /// The inverse map, or nil where the matrix is singular (or holds a value that is not finite).
  public var inverse: Homography? {
    let m = matrix
    let cofactors = [
      m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
    ]
    let determinant = m[0] * cofactors[0] + m[1] * cofactors[3] + m[2] * cofactors[6]
    guard determinant.isFinite, abs(determinant) > 1e-12 else { return nil }
    return Homography(cofactors.map { $0 / determinant })
  }
}

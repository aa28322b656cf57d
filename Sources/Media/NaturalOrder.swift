/// The order people expect of numbered names: digits compare as numbers, so that `frame2` comes before `frame10`.
enum NaturalOrder {
  static func areInIncreasingOrder(_ a: String, _ b: String) -> Bool {
    let (left, right) = (runs(a), runs(b))
    for (x, y) in zip(left, right) where x != y {
      guard let first = x.first, let second = y.first, first.isNumber, second.isNumber else { return x < y }
      let (m, n) = (significant(x), significant(y))
      if m.count != n.count { return m.count < n.count }
      if m != n { return m < n }
    }
    return left.count == right.count ? a < b : left.count < right.count
  }

  /// The number at the end of a name without extension (`frame0012` gives 12), nil where there is none.
  static func trailingNumber(_ stem: String) -> Int? {
    Int(String(stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
  }

  /// The name cut into runs of digits and runs of anything else.
  private static func runs(_ name: String) -> [String] {
    var runs: [String] = []
    var wasDigit: Bool?
    for character in name {
      let isDigit = character.isASCII && character.isNumber
      if isDigit == wasDigit { runs[runs.count - 1].append(character) } else { runs.append(String(character)) }
      wasDigit = isDigit
    }
    return runs
  }

  private static func significant(_ digits: String) -> Substring { digits.drop { $0 == "0" } }
}

import Foundation

/// Numbers as people read them.
public enum TextFormat {
  /// Seconds as "42 s", "3 min 05 s" or "1 h 04 min".
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e8 else { return "unknown" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return seconds < 10 ? "\(decimal(seconds, 1)) s" : "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
  }

  /// A number with a fixed count of decimals, with a point whatever the locale.
  public static func decimal(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  /// A share in [0, 1] as "12.3 %".
  public static func percent(_ share: Double) -> String { "\(decimal(share * 100, 1)) %" }

  /// Bytes as "812 MB" or "1.4 GB".
  public static func bytes(_ count: Int) -> String {
    count < 1_000_000_000 ? "\((count + 500_000) / 1_000_000) MB" : "\(decimal(Double(count) / 1e9, 1)) GB"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

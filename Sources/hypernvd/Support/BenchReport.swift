import Session

extension Report {
  /// What a benchmark measured, for a terminal.
  static func benchmark(_ result: BenchResult) -> String {
    var rows = [
      (
        result.scenario,
        "\(milliseconds(result.medianSeconds)), \(result.threads) threads, kernels \(result.kernels)"
      )
    ]
    for detail in result.details ?? [] {
      let rates = [
        detail.gflops.map { TextFormat.decimal($0, 1) + " Gflop/s" },
        detail.gigabytesPerSecond.map { TextFormat.decimal($0, 1) + " GB/s" },
      ]
      rows.append(
        ("  " + detail.name, ([milliseconds(detail.medianSeconds)] + rates.compactMap { $0 }).joined(separator: ", ")))
    }
    if let rate = result.framesPerSecond { rows.append(("frames a second", TextFormat.decimal(rate, 1))) }
    if let speedup = result.speedup { rows.append(("speedup", TextFormat.decimal(speedup, 2))) }
    for (rate, peak, unit) in [
      (result.gflops, result.peakGflops, "Gflop/s"),
      (result.gigabytesPerSecond, result.peakGigabytesPerSecond, "GB/s"),
    ] {
      guard let rate, let peak else { continue }
      let numbers = "\(TextFormat.decimal(rate, 1)) of \(TextFormat.decimal(peak, 1)) \(unit)"
      rows.append(("roofline", numbers + " (\(TextFormat.decimal(100 * rate / peak, 0)) %)"))
    }
    for (part, share) in (result.share ?? [:]).sorted(by: { $0.value > $1.value }) {
      rows.append(("  " + part, TextFormat.decimal(100 * share, 1) + " %"))
    }
    for threshold in result.thresholds ?? [] {
      rows.append(
        (
          "  \(TextFormat.decimal(threshold.psnr, 1)) dB",
          threshold.seconds.map { TextFormat.decimal($0, 1) + " s" } ?? "not reached"
        ))
    }
    if let psnr = result.finalPSNR { rows.append(("at the end", TextFormat.decimal(psnr, 2) + " dB")) }
    for row in result.truth ?? [] {
      let errors = [
        ("colour", row.errors.colour), ("light", row.errors.light), ("drift", row.errors.drift),
        ("opacity", row.errors.opacity),
      ]
      .map { "\($0.0) \(TextFormat.decimal($0.1, 4))" }.joined(separator: ", ")
      rows.append(("  \(row.iterations) iterations, \(row.layer)", "\(errors), \(TextFormat.decimal(row.psnr, 2)) dB"))
    }
    if let bytes = result.peakMemoryBytes { rows.append(("memory", "\(bytes >> 20) MiB")) }
    if let peer = result.peer, let seconds = result.peerMedianSeconds, let ratio = result.ratio {
      rows.append((peer, milliseconds(seconds)))
      rows.append(("ratio", TextFormat.decimal(ratio, 1)))
    }
    return columns(rows)
  }

  private static func milliseconds(_ seconds: Double) -> String { TextFormat.decimal(seconds * 1000, 2) + " ms" }
}

import Foundation
import Testing

private let subcommands = [
  "decompose", "render", "export", "evaluate", "check", "flow", "mask", "embed", "meta-train", "models", "demo",
  "scenes", "bench", "reproduce",
]

@Suite struct HelpTests {
  @Test(arguments: subcommands)
  func everySubcommandShowsExamples(name: String) throws {
    let result = try Command.run([name, "--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("EXAMPLES:"))
    #expect(result.output.contains("hypernvd \(name) "))
    #expect(result.errors.isEmpty)
  }

  @Test func helpListsEverySubcommandAndTheExitCodes() throws {
    let result = try Command.run(["--help"])
    for word in subcommands + ["64", "65", "66", "70", "74", "130"] { #expect(result.output.contains(word)) }
  }

  @Test func versionNamesTheKernelsInUse() throws {
    let result = try Command.run(["--version"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("hypernvd "))
    let sets = ["portable", "avx2", "avx512", "avx512bf16", "amx", "neon"]
    #expect(sets.contains { result.output.contains("(kernels: \($0))") })
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsAreGenerated(shell: String) throws {
    let result = try Command.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    #expect(result.output.contains("decompose"))
  }

  @Test func aKernelSetThatIsUnknownIsWarnedOf() throws {
    let fixture = try Fixture.shared.get()
    let arguments = ["check", fixture.frames, "--masks", fixture.masks]
    let result = try Command.run(arguments, environment: ["HYPERNVD_ISA": "mmx"])
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: HYPERNVD_ISA=mmx"))
  }
}

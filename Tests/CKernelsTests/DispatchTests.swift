import CKernels
import Foundation
import Testing

@Suite("Choice of the instruction set") struct DispatchTests {
  @Test("The portable set is always there, last, and names are unique")
  func available() {
    let names = kernelSets.map(\.name)
    #expect(names.last == "portable")
    #expect(Set(names).count == names.count)
    #expect(Set(names).isSubset(of: ["amx", "avx512bf16", "avx512", "avx2", "neon", "portable"]))
    #expect(reference.name == "reference")
  }

  @Test("A request by name is honoured, an impossible one falls back on the best", arguments: kernelSets)
  func selection(set: KernelSet) {
    #expect(String(cString: ck_select(set.name).pointee.name) == set.name)
    for name in ["", "AVX512", "sse9", "reference"] {
      #expect(String(cString: ck_select(name).pointee.name) == kernelSets[0].name)
    }
    #expect(String(cString: ck_select(nil).pointee.name) == kernelSets[0].name)
  }

  @Test("The sets with bf16 products are avx512 otherwise; the other fast sets have none")
  func bf16() throws {
    #expect(reference.kernels.mlp_bf16 != nil)
    for set in kernelSets { #expect((set.kernels.mlp_bf16 != nil) == ["amx", "avx512bf16"].contains(set.name)) }
    if !kernelSets.contains(where: { $0.name == "amx" }) {
      #expect(String(cString: ck_select("amx").pointee.name) == kernelSets[0].name)
    }
  }

  @Test("The set in use is what HYPERNVD_ISA asks for, decided once")
  func active() {
    let request = ProcessInfo.processInfo.environment["HYPERNVD_ISA"]
    #expect(ck_active() == ck_select(request))
    #expect(ck_active() == ck_active())
    let honoured = request == nil || kernelSets.contains { $0.name == request }
    #expect((ck_requested_isa_ignored() == nil) == honoured)
    if !honoured { #expect(ck_requested_isa_ignored().map { String(cString: $0) } == request) }
  }
}

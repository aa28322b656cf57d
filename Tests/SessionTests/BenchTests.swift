import Foundation
import Testing

@testable import Session

@Test(arguments: [
  (BenchScenario.iteration, ["--preset", "paper", "--threads", "2", "--points", "10000", "--patches", "1000"]),
  (BenchScenario.fastIteration, ["--preset", "fast", "--threads", "2", "--points", "10000", "--patches", "104"]),
])
func thePeerIsAskedForTheSameWork(scenario: BenchScenario, arguments: [String]) {
  #expect(scenario.peerArguments(threads: 2) == arguments)
}

@Test func anAbsentPeerIsNamed() {
  let script = URL(fileURLWithPath: "/nowhere/bench_iteration.py")
  #expect(throws: SessionError.fileAbsent(option: "--peer", path: script.path)) {
    try PeerProcess(script: script).run(.fastIteration, threads: 1)
  }
}

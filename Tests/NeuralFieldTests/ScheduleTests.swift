import NeuralField
import Testing

@Suite struct ScheduleTests {
  @Test func exponentialFallsFromItsStartToItsFloor() {
    let schedule = RateSchedule.exponential(from: 0.5, floor: 0.1)
    #expect(schedule.factor(at: 0) == 1)
    #expect(schedule.factor(at: 0.5) == 1)
    #expect(abs(schedule.factor(at: 0.75) - 0.316228) < 1e-5)
    #expect(abs(schedule.factor(at: 1) - 0.1) < 1e-6)
    #expect(RateSchedule.constant.factor(at: 0.9) == 1)
  }

  @Test func phasesEnd() {
    #expect(PhaseEnd.iteration(5).lasts(iteration: 4, progress: 1))
    #expect(!PhaseEnd.iteration(5).lasts(iteration: 5, progress: 0))
    #expect(PhaseEnd.fraction(0.2).lasts(iteration: 99, progress: 0.19))
    #expect(!PhaseEnd.fraction(0.2).lasts(iteration: 0, progress: 0.2))
    #expect(PhaseEnd.never.lasts(iteration: .max, progress: 1))
  }
}

import Foundation
import Session
import Testing

private struct Settings: Codable, Equatable {
  struct Inner: Codable, Equatable {
    var weight = 2.0
    var count = 3
  }
  var name = "fast"
  var rate = 0.25
  var inner = Inner()
}

@Suite struct SettingsDifferenceTests {
  @Test func onlyWhatDiffersIsRecorded() throws {
    var changed = Settings()
    changed.inner.count = 4
    changed.rate = 0.5
    let difference = try SettingsDifference.of(changed, from: Settings())
    #expect(difference == ["rate": .number(0.5), "inner": .object(["count": .number(4)])])
    #expect(try SettingsDifference.of(Settings(), from: Settings()).isEmpty)
  }

  @Test func appliedToTheDefaultsTheDifferenceGivesTheValueBack() throws {
    var changed = Settings()
    changed.name = "slow"
    changed.inner.weight = -1e-3
    let difference = try SettingsDifference.of(changed, from: Settings())
    #expect(try SettingsDifference.apply(difference, to: Settings()) == changed)
  }

  @Test func anotherCaseOfAnEnumReplacesTheOldOne() throws {
    enum Shape: Codable, Equatable {
      case round(radius: Double)
      case square(side: Double)
    }
    struct Holder: Codable, Equatable { var shape = Shape.round(radius: 1) }
    let change = try SettingsDifference.parse(#"shape={"square":{"side":2}}"#)
    #expect(try SettingsDifference.apply(change, to: Holder()).shape == .square(side: 2))
    let same = try SettingsDifference.parse("shape.round.radius=3")
    #expect(try SettingsDifference.apply(same, to: Holder()).shape == .round(radius: 3))
    #expect(throws: SessionError.self) {
      try SettingsDifference.apply(SettingsDifference.parse(#"shape={"oval":{"side":2}}"#), to: Holder())
    }
  }

  @Test func assignmentsReachNestedFields() throws {
    let change = SettingsDifference.combine(
      try SettingsDifference.parse("inner.count=7"), try SettingsDifference.parse("inner.weight=1.5"))
    let result = try SettingsDifference.apply(change, to: Settings())
    #expect(result.inner == Settings.Inner(weight: 1.5, count: 7))
    #expect(try SettingsDifference.apply(SettingsDifference.parse("name=paper"), to: Settings()).name == "paper")
  }

  @Test(arguments: ["inner.wieght=1", "nothing=2", "rate=fast", "inner.count=2.5", "rate", "=3"])
  func whatTheSettingsDoNotHaveIsRefused(assignment: String) {
    #expect(throws: SessionError.self) {
      try SettingsDifference.apply(SettingsDifference.parse(assignment), to: Settings())
    }
  }
}

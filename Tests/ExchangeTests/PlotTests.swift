import Foundation
import Testing

@testable import Exchange

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PlotTests {
  /// The elements of a document, by a parser that this project did not write.
  private final class Elements: NSObject, XMLParserDelegate {
    var all: [(name: String, attributes: [String: String])] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) { all.append((name, attributes)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func named(_ name: String) -> [[String: String]] { all.filter { $0.name == name }.map(\.attributes) }
  }

  private func parsed(_ plots: [LinePlot]) -> Elements? {
    let parser = XMLParser(data: Data(PlotFile.svg(plots).utf8))
    let elements = Elements()
    parser.delegate = elements
    return parser.parse() ? elements : nil
  }

  private func plot(_ points: [(x: Double, y: Double)], logarithmic: Bool = false) -> LinePlot {
    LinePlot(
      title: "a < b & \"c\"\u{1}", xLabel: "x", yLabel: "y", isLogarithmicInX: logarithmic,
      series: [LinePlot.Series(label: "one > two", points: points, colour: 0, hasMarks: true)])
  }

  @Test func theDocumentIsWellFormedAndHasEveryPoint() throws {
    let elements = try #require(parsed([plot([(0, 20), (5, 28), (10, 31.5)]), plot([(1, 1), (100, 2)])]))
    #expect(elements.text.contains("a < b & \"c\"") && elements.text.contains("one > two"))
    #expect(elements.named("polyline").count == 2)
    #expect(elements.named("circle").count == 5)
    #expect(elements.text.contains("prefers-color-scheme: dark"))
  }

  /// Higher values are higher up, later ones further right, and everything is inside the picture.
  @Test(arguments: [false, true])
  func pointsAreWhereTheirValuesAre(logarithmic: Bool) throws {
    let elements = try #require(parsed([plot([(1, 20), (5, 28), (300, 31.5)], logarithmic: logarithmic)]))
    let places = elements.named("circle").map { (x: Double($0["cx"] ?? "") ?? -1, y: Double($0["cy"] ?? "") ?? -1) }
    #expect(places.count == 3)
    for (a, b) in zip(places, places.dropFirst()) { #expect(a.x < b.x && a.y > b.y) }
    #expect(places.allSatisfy { (58...504).contains($0.x) && (36...314).contains($0.y) })
    // On a linear axis to 300, five is near the beginning; on a logarithmic one it is log 5 / log 300 of the way.
    let share = (places[1].x - 58) / (520 - 58 - 16)
    #expect(logarithmic ? abs(share - log(5) / log(300)) < 0.01 : share < 0.03)
  }

  @Test func whatCannotBeShownIsLeftOut() throws {
    let points = [(x: 0.0, y: 20.0), (2, .nan), (.infinity, 3), (4, 30), (8, 31)]
    let linear = try #require(parsed([plot(points)]))
    #expect(linear.named("circle").count == 3)
    let logarithmic = try #require(parsed([plot(points, logarithmic: true)]))
    #expect(logarithmic.named("circle").count == 2)
  }

  @Test(arguments: [[], [(x: 3.0, y: 30.0)], [(0, 30), (0, 30)], [(1, -1e12), (2, 1e12)]])
  func oddCurvesStillMakeAPicture(_ points: [(x: Double, y: Double)]) throws {
    for logarithmic in [false, true] {
      let text = PlotFile.svg([plot(points, logarithmic: logarithmic)])
      #expect(parsed([plot(points, logarithmic: logarithmic)]) != nil)
      #expect(!text.contains("nan") && !text.contains("inf"))
    }
    #expect(parsed([]) != nil)
  }

  @Test(arguments: [
    ([0.0, 10.0], [0, 2, 4, 6, 8, 10]), ([21.3, 33.9], [20, 25, 30, 35]),
    ([0.011, 0.019], [0.01, 0.012, 0.014, 0.016, 0.018, 0.02]),
  ])
  func ticksAreRoundNumbers(_ values: [Double], _ ticks: [Double]) {
    let axis = PlotAxis(values)
    #expect(axis.ticks.count == ticks.count)
    for (found, expected) in zip(axis.ticks, ticks) { #expect(abs(found - expected) < 1e-12) }
  }

  @Test func ticksOfALogarithmicAxisAreOneTwoFive() {
    #expect(PlotAxis([0.5, 300], isLogarithmic: true).ticks == [0.5, 1, 2, 5, 10, 20, 50, 100, 200])
  }

  @Test func theFileIsWhatIsWritten() throws {
    let folder = try ScratchFolder()
    try PlotFile.write([plot([(0, 1), (1, 2)])], to: folder("p.svg"))
    #expect(try String(contentsOf: folder("p.svg"), encoding: .utf8) == PlotFile.svg([plot([(0, 1), (1, 2)])]))
    #expect(folder.contents == ["p.svg"])
  }
}

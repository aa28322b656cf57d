import Decomposition
import Foundation
import Hypernetwork

/// Where a model's parameters start. As a text: `scratch`, or the path of a file.
public enum InitialChoice: Equatable, Sendable {
  /// Random values.
  case scratch
  /// A metamodel, or the trained model of another clip.
  case file(URL)

  public init(_ text: String) {
    self = text == "scratch" ? .scratch : .file(URL(fileURLWithPath: text))
  }

  public var text: String {
    switch self {
    case .scratch: "scratch"
    case .file(let url): url.path
    }
  }

  /// - Throws: `HypernetworkError` or `DecompositionError` where the file is absent, damaged or neither.
  func open() throws -> any InitialParameters {
    guard case .file(let url) = self else { return FromScratch() }
    let name = Self.name(of: url)
    if try Metamodel.isOne(url) {
      return MetamodelStart(name: name, metamodel: try Metamodel(contentsOf: url))
    }
    return try ModelAsStart(NVDModel(contentsOf: url), name: name)
  }

  /// What curves call a file; the model of a project is called as the project.
  private static func name(of url: URL) -> String {
    let named =
      url.lastPathComponent == ProjectLayout(folder: url).model.lastPathComponent
      ? url.standardizedFileURL.deletingLastPathComponent() : url
    return named.deletingPathExtension().lastPathComponent
  }
}

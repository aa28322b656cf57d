import Decomposition
import Foundation

/// Where a model's parameters start. As a text: `scratch`, or the path of a file.
public enum InitialChoice: Equatable, Sendable {
  /// Random values.
  case scratch
  /// A trained model, of another clip.
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

  /// - Throws: `DecompositionError` where the file is absent, damaged or no model.
  public func open() throws -> any InitialParameters {
    switch self {
    case .scratch: FromScratch()
    case .file(let url): try ModelAsStart(NVDModel(contentsOf: url), name: Self.name(of: url))
    }
  }

  /// What curves call a file; the model of a project is called as the project.
  private static func name(of url: URL) -> String {
    let named =
      url.lastPathComponent == ProjectLayout(folder: url).model.lastPathComponent
      ? url.standardizedFileURL.deletingLastPathComponent() : url
    return named.deletingPathExtension().lastPathComponent
  }
}

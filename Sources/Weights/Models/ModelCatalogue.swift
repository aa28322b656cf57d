import Foundation

/// One file of a model: where it is published and how to know that it is the right one.
public struct ModelFile: Codable, Equatable, Sendable {
  /// The file's name on this machine.
  public let name: String
  public let url: URL
  /// 64 hexadecimal digits; nil where the publisher names none that we know.
  public let sha256: String?

  public init(name: String, url: URL, sha256: String? = nil) {
    (self.name, self.url, self.sha256) = (name, url, sha256?.lowercased())
  }
}

/// A pretrained model that the program can use.
public struct ModelEntry: Codable, Equatable, Sendable {
  /// What `hypernvd models --fetch` calls it.
  public let name: String
  /// What it is for.
  public let summary: String
  public let licence: String
  /// What to fetch; empty for a model that `scripts/setup` installs.
  public let files: [ModelFile]
  /// The repository on the Hugging Face hub, whose cache is searched too.
  public let repository: String?

  public init(name: String, summary: String, licence: String, files: [ModelFile], repository: String? = nil) {
    (self.name, self.summary, self.licence, self.files) = (name, summary, licence, files)
    self.repository = repository
  }
}

extension ModelEntry {
  /// The models that the program knows by name.
  public static let all: [ModelEntry] = [
    ModelEntry(
      name: "u2netp", summary: "U2-Net-p, saliency for automatic masks", licence: "Apache-2.0", files: []),
    ModelEntry(
      name: "videomae-base", summary: "VideoMAE-base, embeddings of clips", licence: "CC BY-NC 4.0",
      files: hub("MCG-NJU/videomae-base", ["config.json", "preprocessor_config.json", "pytorch_model.bin"]),
      repository: "MCG-NJU/videomae-base"),
    ModelEntry(
      name: "raft-small", summary: "RAFT-small (torchvision C_T_V2), optical flow", licence: "BSD-3-Clause",
      files: torchvision(
        "raft_small_C_T_V2-01064c6d.pth", "01064c6dba73b0fc9fc8edf772248560a00a3acfd62ac6677e9eeebad9680e27")),
    ModelEntry(
      name: "raft-large", summary: "RAFT-large (torchvision C_T_SKHT_V2), optical flow", licence: "BSD-3-Clause",
      files: torchvision(
        "raft_large_C_T_SKHT_V2-ff5fadd5.pth", "ff5fadd56d26b40647388883af1547351ea17868b765c05b27231e72dd16a322")),
  ]

  private static func hub(_ repository: String, _ names: [String]) -> [ModelFile] {
    names.compactMap { name in
      URL(string: "https://huggingface.co/\(repository)/resolve/main/\(name)").map { ModelFile(name: name, url: $0) }
    }
  }

  private static func torchvision(_ name: String, _ sha256: String) -> [ModelFile] {
    URL(string: "https://download.pytorch.org/models/\(name)").map {
      [ModelFile(name: name, url: $0, sha256: sha256)]
    } ?? []
  }
}

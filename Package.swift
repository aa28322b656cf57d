// swift-tools-version: 6.0
import PackageDescription

#if os(Linux)
  let openCVModule = "opencv4-hypernvd"
  let openEXRModule = "openexr-hypernvd"
#else
  let openCVModule = "opencv4"
  let openEXRModule = "OpenEXR"
#endif

let package = Package(
  name: "hypernvd",
  platforms: [.macOS(.v13)],
  products: [
    .executable(name: "hypernvd", targets: ["CommandLineTool"]),
    .library(name: "HyperNVD", targets: ["HyperNVD"]),
    .library(name: "NeuralField", targets: ["NeuralField"]),
    .library(name: "Media", targets: ["Media"]),
    .library(name: "Weights", targets: ["Weights"]),
    .library(name: "Perception", targets: ["Perception"]),
    .library(name: "Embedding", targets: ["Embedding"]),
    .library(name: "Decomposition", targets: ["Decomposition"]),
    .library(name: "Hypernetwork", targets: ["Hypernetwork"]),
    .library(name: "Exchange", targets: ["Exchange"]),
    .library(name: "Editing", targets: ["Editing"]),
    .library(name: "Session", targets: ["Session"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // MARK: - C and C++: kernels and shims
    .target(name: "CKernels"),
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"]), .brew(["ffmpeg"])]),
    // Only OpenCV's compiler and linker flags. On Linux scripts/setup writes opencv4-hypernvd.pc with the five libraries
    // in use: a program that links them starts in 12 ms (8 ms of it core, 2 ms dnn with protobuf), one that links all 55
    // of Debian's opencv4.pc in 540 ms (364 shared objects), and the packages are a tenth of the size.
    .systemLibrary(
      name: "COpenCVSystem", pkgConfig: openCVModule, providers: [.apt(["libopencv-video-dev"]), .brew(["opencv"])]),
    .target(name: "COpenCV", dependencies: ["COpenCVSystem"]),
    // oneDNN: Debian's libdnnl-dev, Homebrew's onednn.
    .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    // Only OpenEXR's compiler and linker flags, as above.
    .systemLibrary(
      name: "COpenEXRSystem", pkgConfig: openEXRModule, providers: [.apt(["libopenexr-dev"]), .brew(["openexr"])]),
    .target(name: "COpenEXR", dependencies: ["COpenEXRSystem"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // MARK: - Foundations: each knows nothing of the ones below it
    .target(name: "NeuralField", dependencies: ["CKernels"]),
    .target(name: "Media", dependencies: ["CFFmpeg"]),
    .target(name: "Exchange", dependencies: ["Media", "COpenEXR", "CZlib"]),
    .target(name: "Weights"),
    .target(name: "Inference", dependencies: ["COneDNN", "NeuralField"]),
    .target(name: "SyntheticScenes", dependencies: ["Media"]),

    // MARK: - The method
    .target(name: "Perception", dependencies: ["CKernels", "Media", "Weights", "Inference", "COpenCV"]),
    .target(name: "Embedding", dependencies: ["Perception", "Inference", "Weights", "NeuralField", "Media"]),
    .target(name: "Decomposition", dependencies: ["NeuralField", "Media", "Weights"]),
    .target(
      name: "Hypernetwork", dependencies: ["NeuralField", "Media", "Weights", "Embedding", "Decomposition"]),
    .target(name: "Editing", dependencies: ["Decomposition", "Exchange", "Media"]),

    // MARK: - The product
    .target(
      name: "Session",
      dependencies: [
        "CKernels", "NeuralField", "Decomposition", "Editing", "Exchange", "Embedding", "Hypernetwork", "Perception",
        "Inference", "Weights", "Media", "SyntheticScenes",
      ]),
    .executableTarget(
      name: "CommandLineTool",
      dependencies: [
        "Session", "Decomposition", "Editing", "Exchange", "Embedding", "Hypernetwork", "Inference", "Weights", "Media",
        "CKernels",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      // Not called hypernvd: file systems that ignore case could not tell it from the library.
      path: "Sources/hypernvd"),
    .target(
      name: "HyperNVD", dependencies: ["Decomposition", "Editing", "Exchange", "Hypernetwork", "Media", "Session"],
      path: "Sources/HyperNVDLibrary"),
    .executableTarget(name: "DecomposeAndEdit", dependencies: ["HyperNVD"], path: "Examples/DecomposeAndEdit"),

    // MARK: - Tests: they mirror the sources
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(name: "NeuralFieldTests", dependencies: ["NeuralField"]),
    .testTarget(name: "MediaTests", dependencies: ["Media"]),
    .testTarget(name: "InferenceTests", dependencies: ["Inference"]),
    .testTarget(name: "WeightsTests", dependencies: ["Weights"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ExchangeTests", dependencies: ["Exchange", "Media"]),
    .testTarget(
      name: "PerceptionTests", dependencies: ["Perception", "SyntheticScenes", "Weights"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "EmbeddingTests", dependencies: ["Embedding", "SyntheticScenes", "Weights"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "DecompositionTests", dependencies: ["Decomposition", "SyntheticScenes", "Weights"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "HypernetworkTests", dependencies: ["Hypernetwork", "Decomposition", "Embedding", "SyntheticScenes"]),
    .testTarget(name: "EditingTests", dependencies: ["Editing", "Decomposition", "Exchange", "SyntheticScenes"]),
    .testTarget(name: "SyntheticScenesTests", dependencies: ["SyntheticScenes"]),
    .testTarget(name: "SessionTests", dependencies: ["Session", "Decomposition", "Media", "SyntheticScenes"]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["CommandLineTool", "DecomposeAndEdit", "Exchange", "Media", "SyntheticScenes", "Weights"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11,
  cxxLanguageStandard: .cxx17
)

// swift-tools-version: 6.1
import PackageDescription

// A package of its own: who builds Espalier needs no benchmarks.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "espalier", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .executableTarget(
      name: "kernels",
      dependencies: [
        .product(name: "EspalierKernels", package: "espalier"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ],
  swiftLanguageModes: [.v6]
)

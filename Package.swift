// swift-tools-version: 6.1
import PackageDescription

// Runtime targets are what an edge box links: no Foundation, no package dependency.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let withMPI = TargetDependencyCondition.when(traits: ["MPI"])

/// Modules that a test target imports besides its own and TestSupport.
let testDependencies: [String: [Target.Dependency]] = [
  "Compute": ["CKernels", "Plan", "PlanFile"],
  "Models": ["Compute", "CKernels", "Plan", "PlanFile"],
  "Inference": [
    "Grammars", "JSONReading",
    "Compute", "Models", "Plan", "PlanFile", "Imaging", "Tokenization", "HDF5", "CAllocations", "Digests",
  ],
  "Evaluation": ["Inference", "Models", "Plan", "PlanFile", "Compute"],
  "Calibration": ["Evaluation", "Inference", "Models", "Plan", "PlanFile", "Compute", "Cluster"],
  "Reporting": [
    "Evaluation", "Tokenization", "Inference", "Imaging", "Models", "Plan", "PlanFile", "Figures",
  ],
  "PlanFile": ["Plan", "PlanWriting", "HDF5", "CHDF5", "Output", "TinyPlans", "Digests", "Compute"],
  "Checkpoints": ["Plan", "PlanFile", "JSONReading", "Tokenization"],
  "Tokenization": ["Plan", "PlanFile", "Checkpoints", "JSONReading"],
  "Imaging": ["Plan", "PlanFile", "Digests"],
  "Signing": ["Signatures"],
  "Espalier": ["Plan"],
  "EspalierC": ["CEspalier", "Espalier"],
  "Serving": ["Espalier", "JSONReading", "Figures"],
  "HDF5Subset": ["SubsetChecks", "HDF5", "Plan", "TinyPlans", "differential"],
]

let package = Package(
  name: "espalier",
  products: [
    .library(name: "Espalier", targets: ["Espalier"]),
    // What 'make library' makes libespalier.so of.
    .library(name: "EspalierC", type: .static, targets: ["EspalierC"]),
    // What the package of benchmarks times; nothing else should rely on it.
    .library(name: "EspalierKernels", targets: ["Compute", "CKernels"]),
    .executable(name: "espalier", targets: ["espalier"]),
    .executable(name: "espalier-run", targets: ["espalier-run"]),
    .executable(name: "espalier-serve", targets: ["espalier-serve"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "Calibrate with several processes, on one machine or several, over Open MPI.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    // Neither what needs all of Foundation nor its own reader of settings: the server is to be small.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.10.0"),
  ],
  targets: [
    // C floor: system libraries, codecs behind return codes, SIMD kernels.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .target(
      name: "CImageCodecs",
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"), .linkedLibrary("gif"),
      ]),
    .target(name: "CKernels"),
    .target(name: "CMappings"),
    .target(name: "CProgram"),

    // Ground floor.
    .target(name: "HDF5", dependencies: ["CHDF5"], swiftSettings: strict),
    .target(name: "HDF5Subset", swiftSettings: strict),
    .target(name: "Compute", dependencies: ["CKernels"], swiftSettings: strict),
    .target(name: "Output", dependencies: ["CMappings", "FileNames"], swiftSettings: strict),
    .target(name: "Figures", dependencies: ["Output"], swiftSettings: strict),
    .target(name: "FileNames", swiftSettings: strict),
    .target(name: "Signatures", dependencies: ["FileNames"], swiftSettings: strict),
    .target(name: "JSONReading", swiftSettings: strict),

    .target(name: "Digests", dependencies: ["CKernels"], swiftSettings: strict),

    // Runtime: the plan as values, its file, and what executes it.
    .target(name: "Plan", swiftSettings: strict),
    .target(
      name: "PlanFile",
      dependencies: [
        "Plan", "Compute", "HDF5Subset", "Digests", "Signatures", "Output", "Figures", "CMappings",
        "FileNames",
      ],
      swiftSettings: strict
    ),
    .target(name: "Tokenization", dependencies: ["Plan", "CPCRE2"], swiftSettings: strict),
    // Reads schemas, so the runtime links the reader of JSON with it.
    .target(name: "Grammars", dependencies: ["JSONReading"], swiftSettings: strict),
    .target(
      name: "Imaging", dependencies: ["Plan", "CImageCodecs", "Digests", "FileNames"], swiftSettings: strict),
    .target(name: "Models", dependencies: ["Plan", "Compute"], swiftSettings: strict),
    .target(
      name: "Inference",
      dependencies: [
        "Grammars", "Models", "Tokenization", "Imaging", "Plan", "PlanFile", "Compute", "Digests", "Figures",
        "Output", "FileNames",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "espalier-run",
      dependencies: [
        "Compute", "Models", "Inference", "Grammars", "Plan", "PlanFile", "Signatures", "Tokenization",
        "Figures", "Output", "CProgram", "FileNames", "Imaging",
      ],
      swiftSettings: strict),

    // The library that applications link: the runtime's public face.
    .target(
      name: "Espalier",
      dependencies: [
        "Inference", "Grammars", "Tokenization", "Imaging", "Plan", "PlanFile", "Signatures", "Compute",
      ],
      swiftSettings: strict),
    // The server: what clients say and hear, and the program that listens.
    .target(
      name: "Serving", dependencies: ["Espalier", "Grammars", "JSONReading", "Figures", "Output"],
      swiftSettings: strict),
    .executableTarget(
      name: "espalier-serve",
      dependencies: [
        "Serving", "Espalier", "Figures", "Output", "CProgram", argumentParser,
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Page/index.html"), .embedInCode("Page/openapi.json")],
      swiftSettings: strict),
    // The same for other languages: the header, and what stands behind it.
    .target(name: "CEspalier"),
    .target(
      name: "EspalierC", dependencies: ["CEspalier", "Espalier", "Output"], swiftSettings: strict),
    .executableTarget(
      name: "ask", dependencies: ["Espalier"], path: "Examples/Ask", swiftSettings: strict),

    // Toolchain.
    .target(name: "Cluster", swiftSettings: strict),
    // Empty without the trait, so that no build without it needs MPI.
    .target(
      name: "MPIRanks", dependencies: ["Cluster", .target(name: "CMPI", condition: withMPI)],
      swiftSettings: strict),
    .target(name: "Signing", dependencies: ["Signatures", "Digests"], swiftSettings: strict),
    .target(
      name: "PlanWriting", dependencies: ["Plan", "PlanFile", "HDF5", "HDF5Subset", "Digests", "Output"],
      swiftSettings: strict),
    .target(
      name: "Checkpoints",
      dependencies: ["Plan", "PlanFile", "PlanWriting", "Digests", "Compute", "Tokenization", "JSONReading"],
      swiftSettings: strict),
    .target(
      name: "Evaluation",
      dependencies: [
        "Inference", "Models", "Compute", "Imaging", "Tokenization", "Plan", "PlanFile", "Digests", "Figures",
        "JSONReading",
      ],
      swiftSettings: strict),
    .target(
      name: "Calibration",
      dependencies: [
        "Evaluation", "Inference", "Models", "Compute", "Imaging", "Plan", "PlanFile", "PlanWriting",
        "Digests", "Figures", "Output", "Cluster", "HDF5", "HDF5Subset",
      ],
      swiftSettings: strict),
    .target(
      name: "Reporting",
      dependencies: [
        "Evaluation", "Inference", "Models", "Tokenization", "Imaging", "Plan", "PlanFile", "Figures",
        "Output",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "espalier",
      dependencies: [
        "Reporting", "Calibration", "Evaluation", "Checkpoints", "Inference", "Tokenization", "Models",
        "Signatures", "Signing", "Compute", "Imaging", "Plan", "PlanFile", "PlanWriting", "HDF5", "Figures",
        "Output", "CProgram", "Cluster",
        .target(name: "MPIRanks", condition: withMPI),
        argumentParser,
      ],
      swiftSettings: strict),

    // Tests mirror the targets; TestSupport is their one helper module, CAllocations counts what it cannot.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(
      name: "TestSupport",
      dependencies: [
        "Checkpoints", "Inference", "Models", "Plan", "PlanFile", "PlanWriting", "HDF5", "Compute", "Cluster",
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    // 'make test-cluster' runs it under mpirun.
    .executableTarget(
      name: "cluster-check", dependencies: ["Cluster", .target(name: "MPIRanks", condition: withMPI)],
      path: "Tests/Cluster", exclude: ["run", "slurm"], swiftSettings: strict),
    .target(
      name: "TinyPlans", dependencies: ["Plan", "PlanFile", "PlanWriting", "HDF5", "CHDF5", "Compute"],
      path: "Tests/TinyPlans",
      swiftSettings: strict),
    .target(
      name: "SubsetChecks",
      dependencies: ["HDF5Subset", "HDF5", "Plan", "PlanFile", "PlanWriting", "TinyPlans"],
      path: "Tests/SubsetChecks", swiftSettings: strict),

    // Fuzzing; 'make fuzz' builds the program with libFuzzer.
    .target(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "JSONReading", "Checkpoints", "Tokenization", "Imaging", "Inference", "Compute", "Plan", "PlanFile",
        "PlanWriting", "Digests", "HDF5Subset", "Figures", "Reporting", "TinyPlans", "SubsetChecks",
        "Grammars",
      ],
      path: "Fuzz/Targets", swiftSettings: strict),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "CLibFuzzer", "Output"], path: "Fuzz/Command",
      swiftSettings: strict),
    .executableTarget(
      name: "differential", dependencies: ["SubsetChecks", "HDF5Subset", "HDF5"], path: "Fuzz/Differential",
      swiftSettings: strict),
  ]
    + [
      "HDF5", "HDF5Subset", "Compute", "Output", "Figures", "Digests", "PlanFile", "Tokenization", "Imaging",
      "Models",
      "Inference",
      "Checkpoints", "Calibration", "Evaluation", "Reporting", "Espalier", "EspalierC", "Serving",
      "Signatures", "Signing",
      "Cluster", "FileNames",
    ].map { name in
      .testTarget(
        name: "\(name)Tests",
        dependencies: testDependencies[name, default: []] + [.init(stringLiteral: name), "TestSupport"],
        swiftSettings: strict)
    }
    + [
      .testTarget(name: "GrammarsTests", dependencies: ["Grammars", "JSONReading"], swiftSettings: strict),
      .testTarget(
        name: "CommandLineTests",
        dependencies: [
          "TestSupport", "Plan", "PlanFile", "HDF5", "Compute", "espalier", "espalier-run", "espalier-serve",
          "ask",
        ],
        swiftSettings: strict),
      .testTarget(
        name: "FuzzTests",
        dependencies: ["FuzzTargets", "Compute", "Inference", "Plan", "PlanFile", "TestSupport"],
        swiftSettings: strict),
    ],
  swiftLanguageModes: [.v6]
)

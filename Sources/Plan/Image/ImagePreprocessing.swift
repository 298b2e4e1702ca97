/// How a picture becomes the tower's input.
///
/// The order is fixed: decode to RGB, resize and cut into tiles (Pillow's bytes), normalise. Normalisation
/// `(p * rescale - mean) / deviation` is folded into the patch embedding at import.
public struct ImagePreprocessing: Equatable, Sendable {
  /// Sizes and tiles.
  public var tiling = ImageTiling.single(TileShape())
  /// Filter of every resize.
  public var filter = Filter.bicubic
  /// Whose arithmetic resizes.
  public var resampler = Resampler.pillow
  /// Per-channel mean (RGB) of rescaled pixels.
  public var mean: [Double] = [0, 0, 0]
  /// Per-channel deviation (RGB) of rescaled pixels.
  public var deviation: [Double] = [1, 1, 1]
  /// Factor from a byte to the scale of `mean`.
  public var rescale = 1.0 / 255
  /// In which order visual tokens enter the prompt, and how tiles lie in it.
  public var arrangement = Arrangement.tilesThenOverview
  /// Tiles' worth of tokens beyond which a canvas is scaled down; 0 for none.
  public var canvasTiles = 0
  /// Text around the visual tokens.
  public var markup = ImageMarkup()

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Programs whose bytes a resize gives: they differ by one in a few of a thousand.
  public enum Resampler: String, CaseIterable, Sendable {
    /// Pillow: weights of 22 bits, the pass that loses most rows first.
    case pillow
    /// PyTorch on x86-64, which torchvision resizes with: weights of 15 bits, rows first.
    case torch
  }

  /// Orders of the visual tokens of a picture that is cut into tiles.
  public enum Arrangement: String, CaseIterable, Sendable {
    /// Tile after tile, each a grid of its own, then the overview.
    case tilesThenOverview = "tiles_then_overview"
    /// The overview, then all tiles as one canvas without what shows padding.
    case overviewThenCanvas = "overview_then_canvas"
    /// The overview, then tile after tile, each a grid of its own.
    case overviewThenTiles = "overview_then_tiles"
  }

  /// Resampling filters, as Pillow defines them.
  public enum Filter: String, CaseIterable, Sendable {
    /// Nearest pixel.
    case nearest
    /// Mean of the covered pixels.
    case box
    /// Triangle.
    case bilinear
    /// Hamming-windowed sinc.
    case hamming
    /// Keys' cubic.
    case bicubic
    /// Lanczos-windowed sinc over three pixels.
    case lanczos
  }
}

/// The ways in which families cut a picture.
public enum ImageTiling: Equatable, Sendable {
  /// One tile (LLaVA-1.5).
  case single(TileShape)
  /// An overview and tiles of the resolution that fits best (LLaVA-NeXT, LLaVA-OneVision).
  case anyResolution(AnyResolutionTiling)
  /// A grid of tiles with the nearest aspect ratio, and a thumbnail (InternVL).
  case canvas(CanvasTiling)
  /// Tiles of the enlarged picture, and an overview (Idefics3, SmolVLM).
  case split(SplitTiling)
  /// The picture at its own resolution, rounded to whole patches (Qwen2-VL).
  case native(NativeResolution)
  /// The picture at its own resolution, or where it is large, tiles of the grid with the nearest aspect ratio, and the
  /// picture as an overview (LFM2-VL).
  case nativeTiles(NativeTiling)
  /// The picture in its own shape, and where it is large, slices of it beside it (MiniCPM-V).
  case slices(SliceTiling)
  /// The picture as one square, and crops beside it where it is long (Gemma 3's pan and scan).
  case crops(CropTiling)
}

/// How a picture becomes one square tile.
public struct TileShape: Equatable, Sendable {
  /// Side of the tile in pixels.
  public var side = 0
  /// Length to which the shorter edge is resized before the centre is cropped; 0 when the picture is stretched to
  /// the tile.
  public var shortestEdge = 0
  /// Whether the picture is first padded to a square with the mean colour.
  public var padsToSquare = false

  /// An empty shape, to be filled from a checkpoint or a plan.
  public init() {}
}

/// Tiles of the resolution that fits a picture best, with an overview before them; what is padding is not shown to
/// the decoder.
public struct AnyResolutionTiling: Equatable, Sendable {
  /// How the overview and each tile get their size.
  public var tile = TileShape()
  /// Sides of the overview before `tile`: height, width.
  public var overview: [Int] = [0, 0]
  /// Resolutions to choose from: height and width in turn.
  public var resolutions: [Int] = []
  /// Whether several pictures in a prompt each become one padded square tile.
  public var squaresSeveral = false

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}
}

/// A grid of tiles whose aspect ratio is nearest to the picture's, and a thumbnail where there is more than one.
public struct CanvasTiling: Equatable, Sendable {
  /// Side of a tile in pixels.
  public var side = 0
  /// Fewest tiles, thumbnail not counted.
  public var minimumTiles = 1
  /// Most tiles, thumbnail not counted.
  public var maximumTiles = 12

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}
}

/// Tiles of the picture resized to whole tiles, and an overview behind them.
public struct SplitTiling: Equatable, Sendable {
  /// Side of a tile in pixels.
  public var side = 0
  /// Length to which the longer edge is resized first; 0 when it is not.
  public var longestEdge = 0
  /// Whether there are tiles at all, or the overview alone.
  public var splits = true

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}
}

/// A picture's own resolution, rounded to a unit and brought within limits.
public struct NativeResolution: Equatable, Sendable {
  /// Both sides become multiples of it: patch side times merged patches.
  public var unit = 0
  /// Fewest pixels.
  public var minimumPixels = 0
  /// Most pixels.
  public var maximumPixels = 0
  /// How a picture's size is found.
  public var rule = Rule.nearest
  /// Length that no side of a picture is longer than before it is rounded up, by the rule `longestEdge`.
  public var longestEdge = 0

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Ways to find a size of whole units.
  public enum Rule: String, CaseIterable, Sendable {
    /// The nearest to the picture's own, where that is within the limits (Qwen2-VL).
    case nearest
    /// The largest that the most pixels allow (Gemma 4).
    case filling
    /// The picture's own, or where an edge is too long a smaller one, rounded up (Pixtral).
    case longestEdge = "longest_edge"
  }

  /// Units of the longest side that any picture has by the rule `filling`.
  public var longestFilling: Int { max(1, maximumPixels / max(1, unit * unit)) }
}

/// A picture's own resolution where it is small enough, and tiles beside it where it is not.
public struct NativeTiling: Equatable, Sendable {
  /// The picture itself: alone, or as the overview of its tiles.
  public var resolution = NativeResolution()
  /// Side of a tile in pixels.
  public var side = 0
  /// Fewest tiles of a picture that is cut.
  public var minimumTiles = 2
  /// Most tiles; 1 where no picture is cut.
  public var maximumTiles = 10
  /// A picture is cut when it has more than so many times the most pixels of `resolution`.
  public var tolerance = 2.0
  /// Whether tiles have an overview beside them.
  public var hasOverview = true

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}

  /// Whether any picture is cut.
  public var splits: Bool { maximumTiles > 1 }
}

/// A picture in its own shape with about as many pixels as a square has, and where it is larger than that, slices of the grid
/// whose aspect ratio is nearest to its own, each with as many.
public struct SliceTiling: Equatable, Sendable {
  /// Both sides of a slice become multiples of it: patch side times merged patches.
  public var unit = 0
  /// Side of the square in pixels.
  public var side = 0
  /// Most slices; 1 where no picture is cut.
  public var maximumTiles = 9

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}

  /// Whether any picture is cut.
  public var splits: Bool { maximumTiles > 1 }
}

/// A square of the whole picture, and squares of its parts along the longer side where that is much longer.
public struct CropTiling: Equatable, Sendable {
  /// Side of each square in pixels.
  public var side = 0
  /// Fewest pixels of the shorter side of a crop.
  public var minimumCrop = 256
  /// Most crops; 0 for none.
  public var maximumCrops = 4
  /// A picture is cropped when its longer side is at least so many times the shorter one.
  public var ratio = 1.2

  /// An empty tiling, to be filled from a checkpoint or a plan.
  public init() {}
}

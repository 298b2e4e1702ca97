import Plan

/// Tilings with tiles of 28 pixels, each changed in one place.

func tile(_ change: (inout TileShape) -> Void) -> TileShape {
  var tile = TileShape()
  tile.side = 28
  change(&tile)
  return tile
}

func anyResolution(_ change: (inout AnyResolutionTiling) -> Void) -> AnyResolutionTiling {
  var tiling = AnyResolutionTiling()
  tiling.tile = tile { _ in }
  tiling.overview = [28, 28]
  tiling.resolutions = [28, 56, 56, 28]
  change(&tiling)
  return tiling
}

func canvas(_ change: (inout CanvasTiling) -> Void) -> CanvasTiling {
  var tiling = CanvasTiling()
  tiling.side = 28
  change(&tiling)
  return tiling
}

func split(_ change: (inout SplitTiling) -> Void) -> SplitTiling {
  var tiling = SplitTiling()
  tiling.side = 28
  tiling.longestEdge = 56
  change(&tiling)
  return tiling
}

func native(_ change: (inout NativeResolution) -> Void) -> NativeResolution {
  var resolution = NativeResolution()
  resolution.unit = 28
  resolution.minimumPixels = 28 * 28
  resolution.maximumPixels = 56 * 56
  change(&resolution)
  return resolution
}

func settings(_ tiling: ImageTiling, mean: [Double] = [0.5, 0.5, 0.5]) -> ImagePreprocessing {
  var preprocessing = ImagePreprocessing()
  preprocessing.tiling = tiling
  preprocessing.mean = mean
  return preprocessing
}

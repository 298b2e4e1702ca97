import Plan

/// A filter, and whose arithmetic applies it.
struct Resampling: Equatable, Sendable {
  let filter: ResamplingFilter
  let resampler: ImagePreprocessing.Resampler

  init(_ filter: ResamplingFilter, by resampler: ImagePreprocessing.Resampler = .pillow) {
    self.filter = filter
    self.resampler = resampler
  }
}

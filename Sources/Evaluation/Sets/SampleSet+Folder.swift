import Foundation

/// A folder of pictures that are all asked the same.
extension SampleSet {
  /// Endings of the names of pictures of formats that are decoded.
  private static let endings: Set = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp"]

  static func folder(
    _ path: String, prompt: String, leavingOut leftOut: inout LeftOut
  ) throws(SampleSetError) -> [Sample] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw SampleSetError(path, nil, "cannot be read")
    }
    var samples: [Sample] = []
    for name in names.sorted() {
      let file = URL(fileURLWithPath: path).appendingPathComponent(name)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), isFolder.boolValue {
        leftOut.add(.folder)
      } else if name.hasPrefix(".") {
        leftOut.add(.hidden)
      } else if !endings.contains(file.pathExtension.lowercased()) {
        leftOut.add(.otherKind)
      } else {
        samples.append(Sample(id: name, images: [file.path], prompt: prompt))
      }
    }
    return samples
  }
}

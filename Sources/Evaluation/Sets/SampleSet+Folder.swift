import Foundation

/// A folder of pictures that are all asked the same.
extension SampleSet {
  static func folder(_ path: String, prompt: String) throws(SampleSetError) -> [Sample] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw SampleSetError(path, nil, "cannot be read")
    }
    let pictures = names.filter { name in
      [".jpg", ".jpeg", ".png"].contains { name.lowercased().hasSuffix($0) } && !name.hasPrefix(".")
    }
    return pictures.sorted().map { name in
      Sample(id: name, images: [URL(fileURLWithPath: path).appendingPathComponent(name).path], prompt: prompt)
    }
  }
}

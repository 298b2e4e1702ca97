import Digests
import HDF5
import Plan
import TinyPlans

/// One change of a plan, drawn from a script.
struct PlanChange {
  private enum Kind {
    case attribute(path: String, name: String, StoredValue)
    case elements(PlanSample.Object, StoredValue)
    case withoutAttribute(path: String, name: String)
    case withoutObject(path: String)
  }
  private let kind: Kind

  init(_ script: inout ByteReader, _ sample: PlanSample) {
    let choice = script.byte()
    switch choice % 16 {
    case 0..<9:
      let place = script.element(sample.attributes)
      let object = sample.objects[place.object]
      let name = object.attributes[place.attribute].name
      var value = object.attributes[place.attribute].value
      value.change(&script, sample)
      kind = .attribute(path: object.path, name: name, value)
    case 9..<14:
      let object = sample.objects[script.element(sample.datasets)]
      var value = object.elements ?? StoredValue(type: .uint8, shape: [0], bytes: [])
      value.change(&script, sample)
      kind = .elements(object, value)
    case 14:
      let place = script.element(sample.attributes)
      let object = sample.objects[place.object]
      kind = .withoutAttribute(path: object.path, name: object.attributes[place.attribute].name)
    default: kind = .withoutObject(path: script.element(sample.objects).path)
    }
  }

  func apply(_ surgery: Surgery) {
    switch kind {
    case .attribute(let path, let name, let value): surgery.attribute(name, of: path, value)
    case .elements(let object, let value): replaceElements(object, value, surgery)
    case .withoutAttribute(let path, let name): surgery.removeAttribute(name, of: path)
    case .withoutObject(let path): if path != "/" { surgery.remove(path) }
    }
  }

  /// Writes elements where they were if they fit there, so that their place stays as the writer chose it.
  private func replaceElements(_ object: PlanSample.Object, _ value: StoredValue, _ surgery: Surgery) {
    if value.type == object.elements?.type, value.shape == object.elements?.shape {
      surgery.write(value, to: object.path)
    } else {
      surgery.remove(object.path)
      surgery.dataset(object.path, value)
      for (name, attribute) in object.attributes { surgery.attribute(name, of: object.path, attribute) }
    }
    surgery.text("sha256", of: object.path, value.bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) })
  }
}

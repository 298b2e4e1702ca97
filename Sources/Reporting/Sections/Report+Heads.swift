import Figures
import Plan

extension Report {
  /// Visual attention of each KV head.
  var heads: PageSection {
    var section = PageSection(
      "heads", "How much each head looks at the picture",
      lead: [
        "The attention of a layer is divided into heads, which look for different things; query heads that share a cache are one KV head here. One column a head, one row a layer, the first layer on top: the fuller the colour, the more of its attention the last token of the prompt gives to the picture. Where the heads of a row differ, one cache budget for the whole layer does not suit them alike."
      ])
    let heads = plan.contents.model.text.keyValueHeads
    guard let profile = plan.contents.calibration?.cacheRetention, heads > 0,
      profile.visionAttentionByHead.count >= heads
    else {
      section.body = [missingCalibration("Attention by head")]
      return section
    }
    let values = profile.visionAttentionByHead
    var table = DataTable(
      "Visual attention by layer and KV head",
      columns: ["layer"] + (0..<heads).map { "head \($0)" })
    let layers = plan.contents.model.text.attentionLayers.filter { ($0 + 1) * heads <= values.count }
    for layer in layers {
      table.append(["\(layer)"] + (0..<heads).map { .level(values[layer * heads + $0]) })
    }
    let places = layers.flatMap { layer in (0..<heads).map { layer * heads + $0 } }
    let most = places.max { values[$0] < values[$1] } ?? 0
    let least = places.min { values[$0] < values[$1] } ?? 0
    section.body = [
      .p(
        "Most: layer \(most / heads), head \(most % heads), with \(Wording.share(values[most])). Least: layer \(least / heads), head \(least % heads), with \(Wording.share(values[least]))."
      ), .element("div", class: "compact", table.markup),
    ]
    return section
  }
}

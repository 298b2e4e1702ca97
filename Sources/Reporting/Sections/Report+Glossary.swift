extension Report {
  /// The words of the page.
  var glossary: PageSection {
    let terms: [(word: String, meaning: String)] = [
      (
        "Visual token",
        "What one patch of a picture becomes for the decoder. A prompt is some words and many visual tokens."
      ),
      (
        "Token pruning (TopV)",
        "Dropping visual tokens once, after an early layer: all later layers have less to do."
      ),
      (
        "Layer reduction (RedundancyLens)",
        "In chosen layers, visual tokens use only some neurons of the feed-forward network, or look back at few other visual tokens."
      ),
      (
        "Retention (PLPHP)",
        "The share of a layer's visual cache entries that stay when the prompt has been read; the rest is freed."
      ),
      (
        "Horizon",
        "The last layer that sees the picture: behind it all visual tokens leave, and later layers have the words alone."
      ),
      (
        "Vision tower",
        "The part of the model that turns the pixels of a patch, and of all others around it, into what the decoder reads. Large pictures are cut into tiles, each of which it sees alone, beside an overview of the whole."
      ),
      (
        "First token",
        "The time from the picture's bytes to the first word: reading and cutting it, the vision tower, prefill."
      ),
      ("Operating point", "A setting of all methods with a name. \"dense\" is the model as it is."),
      (
        "Prefill",
        "Reading the whole prompt, before the first word of the answer. Encoding the pictures comes before it."
      ),
      ("Decode", "Writing the answer, one token after the other; each looks back through the KV cache."),
      (
        "KV cache",
        "Keys and values that each layer keeps of every token it has read, so that later tokens can look back at it. \"Visual KV\" is the part that pictures fill."
      ),
      ("KV head", "A part of a layer's attention with a cache of its own."),
      (
        "Layer, FFN, attention",
        "A decoder is a stack of layers. In each, attention lets tokens look at each other, then a feed-forward network (FFN) of many neurons works on each token alone."
      ),
      (
        "Divergence",
        "How far the probabilities of the next token have moved from dense's (Kullback-Leibler, nats), averaged over the tokens of dense's own answer. 0 is no change; the larger it is, the more often another word is chosen."
      ),
      ("Same answer, agreement", "Share of questions to which the answer is dense's to the letter."),
      (
        "Accuracy", "Share of questions whose answer is exactly the right one: no marks for nearly right."
      ),
      (
        "95 % interval",
        "The room that chance leaves: the set's pictures are drawn again 1000 times, and 95 % of the figures that come of it lie within. Questions about one picture stay together, as they err together."
      ),
      ("Baseline", "A plain way to spend the budget of a point, which a method has to beat to be worth it."),
      ("Pareto front", "Those settings that no other beats in speed and quality at once."),
      ("FLOPs", "Arithmetic operations of the decoder in prefill; time does not follow them exactly."),
    ]
    let items = terms.flatMap { term in
      [
        Markup.element("dt", [], [.element("dfn", [], [Markup(text: term.word)])]),
        .element("dd", [], [Markup(text: term.meaning)]),
      ]
    }
    return PageSection(
      "glossary", "Glossary", lead: ["The words of this page."], body: [.element("dl", [], items)])
  }
}

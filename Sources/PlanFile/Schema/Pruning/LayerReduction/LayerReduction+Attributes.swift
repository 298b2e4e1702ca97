import Plan

extension LayerReduction.NeuronSelection: AttributeConvertible {}

extension LayerReduction: StoredSettings {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("ffn_layers", \.feedForwardLayers), .init("attention_layers", \.attentionLayers),
      .init("neurons", \.neurons), .init("neuron_share", \.neuronShare),
      .init("probe_share", \.probeShare),
      .init("attention_window", \.attentionWindow),
    ]
  }
}

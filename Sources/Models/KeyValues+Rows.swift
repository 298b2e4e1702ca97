import Compute

extension KeyValues {
  /// Keys and values of some rows, heads side by side; in `panels`, from their first entry on, where there are any.
  init(
    keys: MatrixView, values: MatrixView, headWidth: Int, panels: KeyValuePanels?, _ workers: Workers
  ) {
    guard let panels else {
      self = .rows(
        keys: HeadRows(columnsOf: keys, headWidth: headWidth),
        values: HeadRows(columnsOf: values, headWidth: headWidth))
      return
    }
    panels.store(keys: keys, values: values, at: 0, workers)
    self = .panels(panels)
  }
}

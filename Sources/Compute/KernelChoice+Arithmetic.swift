import CKernels
import COpenBLAS

extension KernelChoice {
  /// What rounds the numbers of this process: the table of kernels in use, and OpenBLAS with its own choice.
  ///
  /// Another text may mean other last bits of the same result. It is asked for once: OpenBLAS writes its answer into memory
  /// that all callers share.
  public static let arithmetic: String = {
    let own = kernels.name.map { String(cString: $0) } ?? ""
    let library = [openblas_get_config(), openblas_get_corename()].compactMap { text in
      text.map { String(cString: $0).split(separator: " ").joined(separator: " ") }
    }
    return ([own] + library).joined(separator: "; ")
  }()
}

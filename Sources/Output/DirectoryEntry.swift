package import Glibc

/// The name in an entry that `readdir` returned.
///
/// The memory of an entry ends with its name, which may be long before the end of the declared array: the array must not
/// be read, or copied, as a whole.
package func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
  withUnsafePointer(to: &entry.pointee.d_name) { array in
    array.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
  }
}

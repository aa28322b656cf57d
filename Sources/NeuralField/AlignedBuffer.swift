import Foundation

/// Floats in memory that starts on a 64-byte boundary, as the kernels want it. A reference type: copies share memory.
///
/// `@unchecked Sendable`: who writes where is decided by the caller (`LaneRunner` gives every lane its own buffers).
public final class AlignedBuffer: @unchecked Sendable {
  public let count: Int
  public let pointer: UnsafeMutablePointer<Float>

  private static let hugePage = 2 << 20

  /// - Parameter count: number of floats, all zero at first.
  public init(count: Int) {
    self.count = count
    let bytes = max(64, count * MemoryLayout<Float>.stride)
    let isLarge = bytes >= Self.hugePage
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? Self.hugePage : 64)
    #if os(Linux)
      // Hash tables are read at random places: with small pages most of the time goes into address translation. A hint
      // only; where the system refuses, nothing changes.
      if isLarge { _ = madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    pointer = memory.bindMemory(to: Float.self, capacity: max(16, count))
    pointer.initialize(repeating: 0, count: max(16, count))
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) outside 0..<\(count)")
      pointer[index] = newValue
    }
  }

  /// The values as an array.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  public func fill(_ value: Float) { pointer.update(repeating: value, count: count) }

  /// - Precondition: as many values as the buffer holds.
  public func copy(from values: UnsafeBufferPointer<Float>) {
    precondition(values.count == count, "\(values.count) values for a buffer of \(count)")
    if let base = values.baseAddress { pointer.update(from: base, count: count) }
  }
}

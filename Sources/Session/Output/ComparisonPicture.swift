import Media

/// Frames beside each other: a table of pictures of one size, with a dark gap between them.
///
/// The columns of a comparison are source over reconstruction, the layers on a checkerboard, and their lighting.
struct ComparisonPicture {
  let columns: [[Frame]]

  /// Pixels between two pictures.
  private static let gap = 8
  private static let widestRow = 3840

  init(source: Frame, _ pictures: FramePictures) {
    let layers = pictures.rendered.layers
    columns = [
      [source, pictures.reconstruction], layers.map(pictures.onCheckerboard), layers.map(pictures.residual(of:)),
    ]
  }

  init(columns: [[Frame]]) {
    self.columns = columns
  }

  /// The size of a table with this many columns and rows of pictures of a size: even numbers.
  static func size(columns: Int, rows: Int, of picture: PixelSize) -> PixelSize {
    let tile = tile(of: picture, columns: columns)
    return PixelSize(
      width: (columns * (tile.width + gap) + gap + 1) / 2 * 2, height: (rows * (tile.height + gap) + gap + 1) / 2 * 2)
  }

  /// The table as one frame.
  var frame: Frame {
    let picture = columns[0][0].size
    let rows = columns.map(\.count).max() ?? 0
    let tile = ComparisonPicture.tile(of: picture, columns: columns.count)
    let step = picture.width / tile.width
    var table = Frame(size: ComparisonPicture.size(columns: columns.count, rows: rows, of: picture))
    let gap = ComparisonPicture.gap
    for index in table.pixels.indices { table.pixels[index] = 0x2020 }
    for (column, frames) in columns.enumerated() {
      for (row, frame) in frames.enumerated() {
        let left = gap + column * (tile.width + gap)
        let top = gap + row * (tile.height + gap)
        for y in 0..<tile.height {
          let target = 3 * ((top + y) * table.size.width + left)
          let source = 3 * y * step * picture.width
          for x in 0..<tile.width {
            for channel in 0..<3 {
              table.pixels[target + 3 * x + channel] = frame.pixels[source + 3 * x * step + channel]
            }
          }
        }
      }
    }
    return table
  }

  /// The size of one picture in the table: the frame's own, or a whole fraction of it where the table grows too wide.
  private static func tile(of picture: PixelSize, columns: Int) -> PixelSize {
    let step = max(1, (columns * picture.width + widestRow - 1) / widestRow)
    return PixelSize(width: picture.width / step, height: picture.height / step)
  }
}

import CFFmpeg

/// How the values of a YUV picture mean colours: matrix, range, and where the chroma samples lie.
struct ColourCoding: Equatable {
  /// One of FFmpeg's `SWS_CS_*`.
  var matrix: Int32
  var isFullRange: Bool
  var chromaX: Int32 = ColourCoding.unknownPosition
  var chromaY: Int32 = ColourCoding.unknownPosition

  /// Lets the scaler assume the format's usual position.
  static let unknownPosition: Int32 = -513
  /// Full-range RGB.
  static let rgb = ColourCoding(matrix: SWS_CS_ITU709, isFullRange: true)
  /// High definition video: BT.709, limited range, chroma beside the left luma sample.
  static let video = ColourCoding(matrix: SWS_CS_ITU709, isFullRange: false, chromaX: 0, chromaY: 128)

  init(matrix: Int32, isFullRange: Bool, chromaX: Int32 = unknownPosition, chromaY: Int32 = unknownPosition) {
    self.matrix = matrix
    self.isFullRange = isFullRange
    self.chromaX = chromaX
    self.chromaY = chromaY
  }

  /// What the picture's tags say. Untagged: BT.601 below 720 lines and in JPEG, else BT.709; limited range but for
  /// JPEG.
  init(_ picture: Picture) {
    let frame = picture.av.pointee
    let isJPEG = Self.jpegFormats.contains(picture.format.rawValue)
    switch frame.colorspace {
    case AVCOL_SPC_BT709: matrix = SWS_CS_ITU709
    case AVCOL_SPC_FCC: matrix = SWS_CS_FCC
    case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: matrix = SWS_CS_ITU601
    case AVCOL_SPC_SMPTE240M: matrix = SWS_CS_SMPTE240M
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: matrix = SWS_CS_BT2020
    default: matrix = isJPEG || frame.height < 720 ? SWS_CS_ITU601 : SWS_CS_ITU709
    }
    isFullRange = frame.color_range == AVCOL_RANGE_JPEG || (isJPEG && frame.color_range != AVCOL_RANGE_MPEG)
    switch frame.chroma_location {
    case AVCHROMA_LOC_LEFT: (chromaX, chromaY) = (0, 128)
    case AVCHROMA_LOC_CENTER: (chromaX, chromaY) = (128, 128)
    case AVCHROMA_LOC_TOPLEFT: (chromaX, chromaY) = (0, 0)
    case AVCHROMA_LOC_TOP: (chromaX, chromaY) = (128, 0)
    default: break
    }
  }

  /// The formats whose very name says full range.
  private static let jpegFormats: Set<Int32> = [
    AV_PIX_FMT_YUVJ420P.rawValue, AV_PIX_FMT_YUVJ422P.rawValue, AV_PIX_FMT_YUVJ444P.rawValue,
    AV_PIX_FMT_YUVJ440P.rawValue, AV_PIX_FMT_YUVJ411P.rawValue,
  ]

  var matrixName: String {
    switch matrix {
    case SWS_CS_ITU709: "BT.709"
    case SWS_CS_FCC: "FCC"
    case SWS_CS_SMPTE240M: "SMPTE 240M"
    case SWS_CS_BT2020: "BT.2020"
    default: "BT.601"
    }
  }
}

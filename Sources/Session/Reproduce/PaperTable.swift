/// A table of the paper: Maria Pilligua, Danna Xue, Javier Vazquez-Corral, "HyperNVD: Accelerating Neural Video
/// Decomposition via Hypernetworks", CVPR 2025. DAVIS 480p, first 16 frames, 768x432.
public struct PaperTable: Sendable {
  public struct Row: Sendable {
    public var name: String
    /// dB, a value a clip; fewer where the paper has no value for the last ones.
    public var psnr: [Double]
    public var ssim: [Double] = []
  }

  public var number: Int
  public var title: String
  public var clips: [String]
  public var rows: [Row]

  /// The clips of the paper's metamodels: the first 1, 3, 5, 10 or 15 (its table 9).
  public static let trainingClips = [
    "hike", "car-turn", "blackswan", "bear", "lucia", "boat", "bus", "kite-walk", "rollerblade", "stroller", "camel",
    "car-roundabout", "elephant", "motorbike", "train",
  ]

  public static let table2 = PaperTable(
    number: 2, title: "Reconstruction by metamodels that were trained with different numbers of videos",
    clips: [
      "hike", "blackswan", "car-turn", "bear", "lucia", "kite-walk", "bus", "stroller", "boat", "rollerblade",
    ],
    rows: [
      Row(
        name: "1", psnr: [30.06, 29.53, 34.94, 31.58, 30.30, 33.35, 32.45, 31.25, 32.77, 28.75],
        ssim: [0.846, 0.810, 0.909, 0.901, 0.865, 0.837, 0.889, 0.830, 0.872, 0.810]),
      Row(name: "3", psnr: [27.31, 27.67, 31.87], ssim: [0.728, 0.754, 0.850]),
      Row(name: "5", psnr: [27.13, 27.32, 31.43, 28.88, 27.43], ssim: [0.760, 0.734, 0.845, 0.854, 0.760]),
      Row(
        name: "10", psnr: [27.99, 28.86, 32.47, 29.99, 28.50, 31.75, 29.45, 28.80, 31.07, 26.06],
        ssim: [0.754, 0.736, 0.852, 0.853, 0.763, 0.797, 0.834, 0.775, 0.828, 0.740]),
      Row(
        name: "15", psnr: [27.65, 27.41, 32.57, 29.71, 28.54, 31.99, 29.60, 28.92, 30.91, 26.13],
        ssim: [0.768, 0.756, 0.878, 0.852, 0.833, 0.796, 0.844, 0.780, 0.826, 0.742]),
    ])

  /// Together with table 6, its continuation in the supplement.
  public static let table3 = PaperTable(
    number: 3, title: "Unseen videos from a metamodel of 15 videos and from scratch",
    clips: [
      "cows", "soccerball", "soapbox", "flamingo", "horsejump-low", "goat", "swing", "kite-surf", "libby", "surf",
      "scooter-black", "car-shadow", "bmx-trees", "scooter-gray", "mallard-water", "drift-straight", "rhino",
      "paragliding",
    ],
    rows: [
      Row(
        name: "from scratch",
        psnr: [
          27.04, 28.51, 31.28, 29.03, 27.61, 27.06, 29.65, 31.65, 29.63, 33.61, 26.12, 30.76, 29.20, 30.68, 29.12,
          29.50,
          32.66, 32.54,
        ]),
      Row(
        name: "from metamodel",
        psnr: [
          28.40, 30.16, 32.74, 29.96, 28.50, 27.78, 30.37, 32.19, 30.11, 33.86, 28.52, 31.74, 30.11, 31.57, 29.99,
          30.24,
          32.97, 32.96,
        ]),
    ])

  public static let table4 = PaperTable(
    number: 4, title: "Learned against computed embeddings, universal against predicted hash grids",
    clips: ["hike", "car-turn", "blackswan"],
    rows: [
      Row(name: "1 video, learned embedding", psnr: [30.17, 34.04, 29.95], ssim: [0.867, 0.905, 0.822]),
      Row(name: "1 video, universal grids", psnr: [30.23, 33.47, 28.83], ssim: [0.858, 0.881, 0.797]),
      Row(name: "1 video, full", psnr: [30.06, 34.94, 29.53], ssim: [0.846, 0.909, 0.810]),
      Row(name: "3 videos, learned embedding", psnr: [26.37, 29.98, 26.07], ssim: [0.760, 0.829, 0.684]),
      Row(name: "3 videos, universal grids", psnr: [26.88, 30.01, 26.64], ssim: [0.712, 0.788, 0.707]),
      Row(name: "3 videos, full", psnr: [27.31, 31.87, 27.67], ssim: [0.728, 0.850, 0.754]),
    ])

  /// The paper's automatic masks are Mask R-CNN's.
  public static let table5 = PaperTable(
    number: 5, title: "True masks and automatic ones",
    clips: ["hike", "car-turn", "blackswan"],
    rows: [
      Row(name: "true masks", psnr: [30.06, 34.94, 29.53], ssim: [0.846, 0.909, 0.810]),
      Row(name: "automatic masks", psnr: [29.61, 34.92, 29.66], ssim: [0.846, 0.903, 0.814]),
    ])

  public static let table7 = PaperTable(
    number: 7, title: "Unseen videos from metamodels of 3 videos with learned and with computed embeddings",
    clips: ["boat", "bear", "kite-walk"],
    rows: [
      Row(name: "learned embedding", psnr: [32.62, 30.98, 31.88]),
      Row(name: "computed embedding", psnr: [33.31, 32.45, 32.69]),
    ])
}

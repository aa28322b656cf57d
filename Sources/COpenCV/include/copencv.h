// The parts of OpenCV that Perception uses, behind a C interface.
//
// Every function returns 0, or another value after writing a sentence into `message` (cut at `message_size` bytes,
// always terminated). No C++ exception crosses this header. OpenCV runs on the calling thread only, so results do not
// depend on the number of cores; callers run several calls at once. Images are row by row from the top left.
#ifndef COPENCV_H
#define COPENCV_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Dense inverse search flow (Kroeger et al. 2016), medium preset, computed down to `finest_scale` (0 = full size).
/// `from` and `to`: `height * width` grey bytes. `flow`: `height * width * 2` values, x then y.
int copencv_dis_flow(const uint8_t *from, const uint8_t *to, int width, int height, int finest_scale, float *flow,
                     char *message, size_t message_size);

/// The plane motions that `copencv_fit_motion` knows, by their degrees of freedom.
enum copencv_motion {
  COPENCV_MOTION_SIMILARITY = 4,
  COPENCV_MOTION_AFFINE = 6,
  COPENCV_MOTION_HOMOGRAPHY = 8,
};

/// The motion `to = matrix * from` that most of the `count` points agree on within `threshold` pixels (RANSAC with
/// OpenCV's fixed seed, then least squares over the agreeing points). `from`, `to`: `count` pairs x, y. `matrix`: nine
/// values, row-major. `agreeing`: how many points agree, 0 where no motion was found (then `matrix` is the identity).
int copencv_fit_motion(enum copencv_motion motion, const float *from, const float *to, int count, double threshold,
                       double *matrix, int *agreeing, char *message, size_t message_size);

/// Resizes `channels` interleaved float channels: bilinear, or by pixel areas where `by_area` is not 0.
int copencv_resize(const float *source, int source_width, int source_height, int channels, float *target,
                   int target_width, int target_height, int by_area, char *message, size_t message_size);

/// A picture of 16-bit R, G, B brought to another size (by pixel areas), as CIE L*a*b* in bytes: L scaled to 0 ... 255, a
/// and b with 128 added. `lab`: `target_height * target_width * 3` bytes.
int copencv_lab(const uint16_t *rgb, int width, int height, uint8_t *lab, int target_width, int target_height,
                char *message, size_t message_size);

/// What GrabCut is told, and tells, about a pixel.
enum copencv_cut {
  COPENCV_CUT_OUTSIDE = 0,
  COPENCV_CUT_INSIDE = 1,
  COPENCV_CUT_PERHAPS_OUTSIDE = 2,
  COPENCV_CUT_PERHAPS_INSIDE = 3,
};

/// GrabCut (Rother et al. 2004): settles the pixels that `labels` leaves open, by mixtures of colours inside and outside
/// and the contrast between neighbours. `labels` (`enum copencv_cut`, one a pixel) come back as INSIDE or OUTSIDE. Both
/// sides must hold a pixel, sure or not. Random numbers start the same each time.
int copencv_grab_cut(const uint8_t *picture, int width, int height, uint8_t *labels, int rounds, char *message,
                     size_t message_size);

/// Grows (`radius` > 0) or shrinks (`radius` < 0) the non-zero part of a mask by a disc of that radius, in place.
int copencv_grow(uint8_t *mask, int width, int height, int radius, char *message, size_t message_size);

/// Blurs one float channel with a Gaussian of `sigma` pixels, in place.
int copencv_blur(float *image, int width, int height, double sigma, char *message, size_t message_size);

/// Clears every connected part of a mask (8 neighbours) but the one whose `weights` (one a pixel) sum to most.
int copencv_keep_heaviest_part(uint8_t *mask, const float *weights, int width, int height, char *message,
                               size_t message_size);

/// Clears every connected part of a mask (8 neighbours) that holds none of the `count` pixels with the indices `seeds`.
int copencv_keep_seeded_parts(uint8_t *mask, int width, int height, const int32_t *seeds, int count, char *message,
                              size_t message_size);

/// A network read from an ONNX file. Not to be used by two threads at once.
typedef struct copencv_network copencv_network;

/// Reads a network from the `size` bytes of an ONNX file; free it with `copencv_network_free`.
int copencv_network_read(const uint8_t *bytes, size_t size, copencv_network **network, char *message,
                         size_t message_size);

/// Runs one float input of shape (1, channels, height, width). The first channel of the first output (NCHW), which must
/// have the input's height and width, is written to `output` (`height * width` values).
int copencv_network_run(copencv_network *network, const float *input, int channels, int height, int width,
                        float *output, char *message, size_t message_size);

void copencv_network_free(copencv_network *network);

#ifdef __cplusplus
}
#endif

#endif

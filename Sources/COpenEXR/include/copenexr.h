// Encoding one picture of named channels as an OpenEXR file, behind a C interface. No C++ exception crosses this header.
#ifndef COPENEXR_H
#define COPENEXR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One channel: `height * width` values, row by row from the top left.
typedef struct COpenEXRChannel {
  const char *name;     ///< "R", or with its layer "foreground.R"
  int is_half;          ///< stored as 16-bit half (values beyond its range are clamped to it), else 32-bit float
  const float *values;
} COpenEXRChannel;

/// A text in the header.
typedef struct COpenEXRText {
  const char *name;
  const char *value;
} COpenEXRText;

/// Encodes a single-part scanline file, ZIP compressed, into `*bytes` (to be given back to `copenexr_free`).
/// `rate`: frames a second as a fraction, 0/0 to leave it out. Returns 0, or another value after writing a sentence into
/// `message` (cut at `message_size` bytes, terminated); then there is nothing to give back.
int copenexr_encode(int width, int height, const COpenEXRChannel *channels, int channel_count,
                    const COpenEXRText *texts, int text_count, int rate_numerator, int rate_denominator, void **bytes,
                    size_t *size, char *message, size_t message_size);

void copenexr_free(void *bytes);

#ifdef __cplusplus
}
#endif

#endif

// The parts of oneDNN that Inference uses, behind a small C interface; 32-bit floats only.
//
// oneDNN's C interface changed between its versions 2 and 3, and distributions carry either: this header hides which.
// Every function returns 0, or oneDNN's status (conednn_status_text gives its name).
// An operation runs on the calling thread only, so results do not depend on the number of cores; callers run several
// at once. Pictures are channels-last: value c of the pixel (x, y) is at (y * width + x) * channels + c.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// An operation prepared for one shape. It may run on several threads at the same time.
typedef struct conednn_layer conednn_layer;

typedef enum {
  CONEDNN_IDENTITY = 0,
  CONEDNN_RELU = 1,  // max(0, x)
  CONEDNN_GELU = 2,  // x (1 + erf(x / sqrt 2)) / 2
} conednn_activation;

// A convolution over one picture: odd kernels, padded with kernel / 2 zeros on every side; the output is
// ceil(height / stride) x ceil(width / stride).
typedef struct {
  int height, width, inputs, outputs, kernel_height, kernel_width, stride;
  conednn_activation activation;
} conednn_convolution;

// `weights`: outputs x inputs x kernel_height x kernel_width, as in PyTorch; `bias`: one value an output, or NULL.
int conednn_make_convolution(const conednn_convolution *shape, const float *weights, const float *bias,
                             conednn_layer **layer);

// (x - mean) / sqrt(variance + epsilon) with the statistics of each channel over the one picture, then the activation
// (identity or ReLU). Source and destination may be the same.
int conednn_make_instance_norm(int height, int width, int channels, float epsilon, conednn_activation activation,
                               conednn_layer **layer);

// exp(x) / sum of exp(x) along each of `rows` rows of `columns` values. Source and destination may be the same.
int conednn_make_softmax(int rows, int columns, conednn_layer **layer);

// Runs a prepared operation. The buffers have the sizes that the operation was prepared for.
int conednn_run(const conednn_layer *layer, const float *source, float *destination);

void conednn_free(conednn_layer *layer);

// c = alpha a b + beta c, row-major: a is m x k (k x m where `transpose_a` is 1), b is k x n (n x k where `transpose_b`
// is 1), c is m x n; lda, ldb, ldc are the distances between rows.
int conednn_multiply(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a,
                     size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

// The name of a status, for messages.
const char *conednn_status_text(int status);

#ifdef __cplusplus
}
#endif

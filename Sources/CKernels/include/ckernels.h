// The numeric kernels. One table of functions per instruction set, one dispatch (dispatch.c); this target is the only
// place that knows an instruction set.
//
// Layout. A batch of M points is feature-major: feature k of point m is x[k * ld + m], with ld >= M. Rows start on
// 64-byte boundaries where the caller aligned the buffer and chose ld as a multiple of 16; kernels accept any alignment
// and any M, N, K >= 0, and touch nothing beyond m = M - 1 of a row.
// Outputs must not overlap inputs unless a kernel says so. A set gives the same bits for the same numbers wherever they
// lie in memory; two sets agree to rounding only.
// Weights are row-major as in PyTorch: w[n * K + k] takes input k to output n.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A level of a multiresolution hash grid (Mueller et al. 2022).
typedef struct {
  uint32_t resolution;  // cells along an axis; resolution + 1 vertices
  uint32_t entries;     // entries of the level's table; a power of two where the level is hashed
  uint32_t dense;       // 1: vertex index x + (r+1) y + (r+1)^2 z, limited to entries - 1; 0: hashed
  uint32_t offset;      // first entry of the level, in entries, from the start of the grid's table
} ck_grid_level;

// A grid of `levels` levels with two features an entry over [0, 1]^dims, dims = 2 or 3. Interpolation is bi- or
// trilinear. A coordinate outside, or NaN, gives a meaningless value but never leaves the level's entries.
// Hash: (x * 1) xor (y * 2654435761) xor (z * 805459861), modulo the level's entries.
typedef struct {
  uint32_t dims;
  uint32_t levels;
  const ck_grid_level *level;
} ck_grid;

// Adam (Kingma & Ba 2015) with the bias corrections worked out by the caller:
// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
// p -= rate * correction1 * m / (sqrt(v) * correction2 + epsilon)
// with correction1 = 1 / (1 - beta1^t) and correction2 = 1 / sqrt(1 - beta2^t).
// Where `sparse`, what gets no gradient at all is left alone, moments included, by blocks of CK_ADAM_BLOCK values counted
// from the first: most entries of a large table are in no iteration's batch.
typedef struct {
  float rate, beta1, beta2, epsilon, correction1, correction2;
  int sparse;
} ck_adam;
enum { CK_ADAM_BLOCK = 16 };

// How `carry` weighs pixels: half the side of its window, and the deviations of the two Gaussians.
typedef struct {
  size_t radius;
  float likeness, reach;
} ck_carry;

// The change that an edit makes to a texture: width * height texels of four floats, R, G, B and 0, row by row.
typedef struct {
  const float *texels;
  uint32_t width, height;
} ck_texture;

// A linear layer of a multilayer perceptron: places of its weights (outputs, inputs) and biases (outputs) in the flat
// parameter buffer, in floats; bias is -1 where there is none.
typedef struct {
  size_t inputs, outputs;
  ptrdiff_t weight, bias;
} ck_mlp_layer;

enum { CK_MLP_LAYERS = 8 };

// A multilayer perceptron with ReLU between its layers and none after the last: 1 ... CK_MLP_LAYERS layers of any size,
// each with as many inputs as the one before has outputs.
typedef struct {
  size_t layers;
  const ck_mlp_layer *layer;
  int split_input;  // 1: inputs are fed as the sum of two bf16 numbers, for coordinates, which need more than 8 bits
} ck_mlp;

// A whole perceptron with bf16 products. Weights, inputs, hidden activations (after ReLU) and the gradients of every
// layer's output are rounded to bf16, to nearest even; sums, biases, the output, the gradient of the input and the
// gradients of the parameters are 32-bit. A split input x is hi + lo with hi = bf16(x), lo = bf16(x - hi); its weights
// are split too, and w x is whi hi + whi lo + wlo hi. Subnormal numbers may count as zero.
// A bias gradient is the sum of the rounded gradients that the weights' gradient sees.
typedef struct {
  // Bytes of memory (64-byte aligned, one thread's own) that up to `capacity` points need from forward to backward.
  size_t (*workspace_size)(const ck_mlp *mlp, size_t capacity);

  // y[n][m] of the first M <= capacity points, feature-major in and out. Leaves in the workspace what backward needs.
  void (*forward)(const ck_mlp *mlp, const float *parameters, size_t M, const float *x, size_t ldx, float *y,
                  size_t ldy, void *workspace);

  // Adds to gradient (laid out as the parameters) the gradients of weights and biases at dy, for the points of the last
  // forward with this workspace; where dx is not NULL, overwrites it with the gradient of the input.
  void (*backward)(const ck_mlp *mlp, const float *parameters, size_t M, const float *dy, size_t lddy, float *dx,
                   size_t lddx, float *gradient, void *workspace);
} ck_mlp_bf16;

typedef struct {
  // "portable", "avx2", "avx512", "neon", or "reference"; "avx512bf16" and "amx" are avx512 with mlp_bf16.
  const char *name;

  // y[n][m] = act(b[n] + sum_k w[n][k] x[k][m]); act is max(0, .) where relu is 1. b may be NULL (no bias).
  void (*linear_forward)(size_t M, size_t N, size_t K, const float *w, const float *b, const float *x, size_t ldx,
                         float *y, size_t ldy, int relu);

  // dx[k][m] = sum_n w[n][k] dy[n][m]; where gate is not NULL, 0 wherever gate[k][m] <= 0 (the adjoint of a ReLU whose
  // output was gate).
  void (*linear_backward_input)(size_t M, size_t N, size_t K, const float *w, const float *dy, size_t lddy, float *dx,
                                size_t lddx, const float *gate, size_t ldgate);

  // dw[n][k] += sum_m dy[n][m] x[k][m]; db[n] += sum_m dy[n][m] where db is not NULL.
  void (*linear_backward_weights)(size_t M, size_t N, size_t K, const float *dy, size_t lddy, const float *x,
                                  size_t ldx, float *dw, float *db);

  // out[2 l + f][m] = feature f of level l interpolated at x[.][m], coordinates in [0, 1].
  void (*grid_encode)(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx, float *out,
                      size_t ldout);

  // The adjoints of grid_encode at dout: dtable += the derivative with respect to the table, point after point;
  // dx[d][m] = the derivative with respect to x (overwritten).
  void (*grid_scatter)(const ck_grid *grid, size_t M, const float *x, size_t ldx, const float *dout, size_t lddout,
                       float *dtable);
  void (*grid_slope)(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx, const float *dout,
                     size_t lddout, float *dx, size_t lddx);

  // One Adam step on n values. The gradient is sum_i grads[i][.], added in the order of i; the gradients are zeroed.
  void (*adam_step)(size_t n, float *p, float *m, float *v, float *const *grads, size_t count, const ck_adam *adam);

  // The output layer of a hypernetwork: N values of a target network's tensor from K coefficients, with weights too large
  // for any cache. y[n] = b[n] + sum_k w[n K + k] h[k]; b may be NULL.
  void (*head_forward)(size_t N, size_t K, const float *w, const float *b, const float *h, float *y);
  void (*head_forward_bf16)(size_t N, size_t K, const uint16_t *w, const float *b, const float *h, float *y);

  // Its backward pass and its step of Adam in one pass over the weights, for V >= 1 videos, video i with the coefficients
  // h[i K + k] and the gradient dy[i][n] of its values: dh[i K + k] += sum_n w[n K + k] dy[i][n] with the weights before
  // the step, and one step as of adam_step (but for `sparse`, which plays no part here) with the gradient sum_i dy[i][n] h[i K + k],
  // which is never stored.
  // In the second form weights and moments are bf16, the arithmetic 32-bit. The first moment is rounded to nearest even;
  // weight and second moment, whose steps are often smaller than half a unit of their last place, stochastically: up
  // with the probability of what is cut off, by random bits that depend on seed + n K + k only (CK_SCRAMBLE).
  void (*head_update)(size_t N, size_t K, size_t V, float *w, float *m, float *v, const float *const *dy, const float *h,
                      float *dh, const ck_adam *adam);
  void (*head_update_bf16)(size_t N, size_t K, size_t V, uint16_t *w, uint16_t *m, uint16_t *v, const float *const *dy,
                           const float *h, float *dh, const ck_adam *adam, uint32_t seed);

  // sum[4 m + c] += unit * w[4 m + 3] * w[4 m + c] * texture_c(u[m], v[m]), c = 0, 1, 2: what an edited texture changes in
  // M pixels, whose weights w are R, G and B of the light, then opacity. Bilinear between the centres of texels over
  // [-1, 1]^2; places beyond the outer centres are clamped to them, NaN to the first. sum[4 m + 3] stays 0 where it was.
  void (*edit_gather)(size_t M, const ck_texture *texture, const float *u, const float *v, const uint16_t *w, float unit,
                      float *sum);

  // out[3 m + c] = source[3 m + c] + 65535 sum[4 m + c], kept in 0 ... 65535 and rounded to the nearest; 0 for NaN.
  void (*edit_apply)(size_t M, const float *sum, const uint16_t *source, uint16_t *out);

  // y[i] = tanh(x[i]); y[i] = (tanh(x[i]) + 1) / 2; y[i] = log(1 + exp(x[i])). In place where y == x. Error below 4e-7
  // absolute (relative for softplus above 1); finite for every finite x, NaN for NaN.
  void (*tanh)(size_t n, const float *x, float *y);
  void (*sigmoid2)(size_t n, const float *x, float *y);
  void (*softplus)(size_t n, const float *x, float *y);

  // Measures of the machine, to compare the kernels' rates with. peak_products does `rounds` rounds of independent chains
  // c = c * value[0] + value[1] in registers, leaves the sum of the chains in value[2], and returns how many
  // floating-point operations the chains took. peak_stream does y[i] += x[i]: 12 bytes of traffic a value.
  size_t (*peak_products)(size_t rounds, float value[3]);
  void (*peak_stream)(size_t n, const float *x, float *y);

  const ck_mlp_bf16 *mlp_bf16;  // NULL where the set has no bf16 products

  // Correlation around a place, RAFT's look-up (Teed & Deng 2020). from: M points of C features; to: a picture of
  // height x width pixels of C features; centre: x and y of every point in that picture. With R = 2 radius + 1,
  // out[m * ldout + a * R + b] = scale * <from[m], to at (x + a - radius, y + b - radius)>, a and b in 0 ... R - 1;
  // bilinear between pixels, zero outside the picture, zero for a centre that is not a number. Here features are
  // contiguous: feature c of point m is at m * C + c. radius <= CK_MAX_RADIUS.
  void (*correlate)(size_t M, size_t C, const float *from, size_t height, size_t width, const float *to,
                    const float *centre, float scale, size_t radius, float *out, size_t ldout);

  // The gates of a gated recurrent unit over M points with H features of state h, features contiguous. `state` holds 2 H
  // values a point, what the state adds to the update and the reset gate; `input` and `constant` hold 3 H, what they
  // add to update gate, reset gate and candidate. With the sums of each gate's parts:
  // update = sigmoid(.), reset_h = sigmoid(.) * h.
  void (*gru_gates)(size_t M, size_t H, const float *state, const float *input, const float *constant, const float *h,
                    float *update, float *reset_h);

  // h = (1 - update) h + update * tanh(state + input + constant), with the candidate's third of input and constant;
  // `state` holds H values a point.
  void (*gru_update)(size_t M, size_t H, const float *state, const float *input, const float *constant,
                     const float *update, float *h);

  // Carries soft values from one picture to another along a flow, to pixels of like colour. Both pictures have height x
  // width pixels of three bytes L, a, b; flow: x and y of every pixel p of `to`, the way to its place c in `from`, rounded
  // to a whole pixel. With weight(q) = exp(-(dL^2 + 4 da^2 + 4 db^2) / (2 likeness^2)) exp(-|q - c|^2 / (2 reach^2)) over
  // the pixels q of `from` no more than `radius` columns and rows from c:
  // mean[p] = sum weight value / sum weight, or 0 without a weight above 1e-6; trust[p] = the sum of weights over that of
  // the second factors of a whole window. Both are 0 where c is outside `from`, or not a number. radius <= CK_MAX_RADIUS.
  void (*carry)(size_t height, size_t width, const uint8_t *to, const uint8_t *from, const float *value,
                const float *flow, const ck_carry *how, float *mean, float *trust);
} ck_kernels;

#define CK_MAX_RADIUS 7

// The kernels in use: the best set this processor runs, or the one that HYPERNVD_ISA names (a name that this processor
// cannot run, or that is unknown, is ignored in favour of the best; ck_requested_isa_ignored() tells). Decided once.
const ck_kernels *ck_active(void);

// The plain loops that define what each kernel computes, kept beside the fast ones for ever.
const ck_kernels *ck_reference(void);

// Every set that was compiled in and that this processor runs, best first (avx512bf16 after avx512 on processors other
// than AMD's: where it was measured on Intel's, its products take twice the time of 32-bit ones). Returns their number.
size_t ck_available(const ck_kernels *const **list);

// The set of this name where this processor runs it, else the best set; the best set for NULL. What ck_active() makes
// of the value of HYPERNVD_ISA.
const ck_kernels *ck_select(const char *name);

// The value of HYPERNVD_ISA if it was set and could not be honoured, else NULL.
const char *ck_requested_isa_ignored(void);

#ifdef __cplusplus
}
#endif

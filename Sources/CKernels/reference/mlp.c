// The perceptron with bf16 products as plain loops: the definition of where numbers are rounded.
#include "../kernels.h"
#include <string.h>

// To the nearest bf16, to even in the middle.
static float rounded(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (value == value) bits += 0x7fff + (bits >> 16 & 1);
  bits &= 0xffff0000;
  memcpy(&value, &bits, sizeof bits);
  return value;
}

// The workspace: for every layer its rounded input (points, inputs), the outputs of the last layer excepted; then the
// gradients of one point at two layers.
static size_t widest(const ck_mlp *mlp) {
  size_t width = 0;
  for (size_t l = 0; l < mlp->layers; l++) {
    if (mlp->layer[l].inputs > width) width = mlp->layer[l].inputs;
    if (mlp->layer[l].outputs > width) width = mlp->layer[l].outputs;
  }
  return width;
}

static size_t inputs_before(const ck_mlp *mlp, size_t layer) {
  size_t sum = 0;
  for (size_t l = 0; l < layer; l++) sum += mlp->layer[l].inputs;
  return sum;
}

// A split input needs a second place: its low parts are behind the others.
static size_t point_size(const ck_mlp *mlp) { return inputs_before(mlp, mlp->layers) + mlp->layer[0].inputs; }

static size_t workspace_size(const ck_mlp *mlp, size_t capacity) {
  return (capacity * point_size(mlp) + 2 * widest(mlp)) * sizeof(float);
}

static void forward(const ck_mlp *mlp, const float *parameters, size_t M, const float *x, size_t ldx, float *y,
                    size_t ldy, void *workspace) {
  for (size_t m = 0; m < M; m++) {
    float *point = (float *)workspace + m * point_size(mlp), *low = point + inputs_before(mlp, mlp->layers);
    for (size_t k = 0; k < mlp->layer[0].inputs; k++) {
      point[k] = rounded(x[k * ldx + m]);
      low[k] = mlp->split_input ? rounded(x[k * ldx + m] - point[k]) : 0;
    }
    for (size_t l = 0; l < mlp->layers; l++) {
      const ck_mlp_layer *layer = &mlp->layer[l];
      const float *w = parameters + layer->weight;
      for (size_t n = 0; n < layer->outputs; n++) {
        float sum = layer->bias < 0 ? 0 : parameters[layer->bias + (ptrdiff_t)n];
        for (size_t k = 0; k < layer->inputs; k++) {
          float value = w[n * layer->inputs + k], high = rounded(value);
          sum += high * point[k];
          if (l == 0 && mlp->split_input) sum += high * low[k] + rounded(value - high) * point[k];
        }
        if (l + 1 == mlp->layers) y[n * ldy + m] = sum;
        else point[layer->inputs + n] = rounded(sum < 0 ? 0 : sum);
      }
      point += layer->inputs;
    }
  }
}

static void backward(const ck_mlp *mlp, const float *parameters, size_t M, const float *dy, size_t lddy, float *dx,
                     size_t lddx, float *gradient, void *workspace) {
  float *slope = (float *)workspace + M * point_size(mlp), *before = slope + widest(mlp);
  for (size_t m = 0; m < M; m++) {
    const float *kept = (const float *)workspace + m * point_size(mlp), *low = kept + inputs_before(mlp, mlp->layers);
    for (size_t n = 0; n < mlp->layer[mlp->layers - 1].outputs; n++) slope[n] = rounded(dy[n * lddy + m]);
    for (size_t l = mlp->layers; l-- > 0;) {
      const ck_mlp_layer *layer = &mlp->layer[l];
      const float *point = kept + inputs_before(mlp, l), *w = parameters + layer->weight;
      for (size_t k = 0; k < layer->inputs; k++) before[k] = 0;
      for (size_t n = 0; n < layer->outputs; n++) {
        if (layer->bias >= 0) gradient[layer->bias + (ptrdiff_t)n] += slope[n];
        for (size_t k = 0; k < layer->inputs; k++) {
          float value = w[n * layer->inputs + k], high = rounded(value);
          gradient[layer->weight + (ptrdiff_t)(n * layer->inputs + k)] += slope[n] * point[k];
          before[k] += high * slope[n];
          if (l > 0 || !mlp->split_input) continue;
          gradient[layer->weight + (ptrdiff_t)(n * layer->inputs + k)] += slope[n] * low[k];
          before[k] += rounded(value - high) * slope[n];
        }
      }
      for (size_t k = 0; k < layer->inputs; k++) {
        if (l == 0 && dx) dx[k * lddx + m] = before[k];
        else slope[k] = point[k] == 0 ? 0 : rounded(before[k]);
      }
    }
  }
}

const ck_mlp_bf16 ck_reference_mlp_bf16 = {workspace_size, forward, backward};

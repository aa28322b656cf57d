// The output layer of a hypernetwork, element by element.
#include "../kernels.h"
#include <math.h>
#include <string.h>

static float widen(uint16_t half) {
  const uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static uint16_t nearest(float value) {
  const uint32_t bits = bits_of(value);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void ck_reference_head_forward(size_t N, size_t K, const float *w, const float *b, const float *h, float *y) {
  for (size_t n = 0; n < N; n++) {
    float sum = b ? b[n] : 0;
    for (size_t k = 0; k < K; k++) sum += w[n * K + k] * h[k];
    y[n] = sum;
  }
}

void ck_reference_head_forward_bf16(size_t N, size_t K, const uint16_t *w, const float *b, const float *h, float *y) {
  for (size_t n = 0; n < N; n++) {
    float sum = b ? b[n] : 0;
    for (size_t k = 0; k < K; k++) sum += widen(w[n * K + k]) * h[k];
    y[n] = sum;
  }
}

// dh for one weight, and the weight's gradient.
static float backward(size_t K, size_t V, size_t n, size_t k, float w, const float *const *dy, const float *h,
                      float *dh) {
  float gradient = 0;
  for (size_t i = 0; i < V; i++) {
    dh[i * K + k] += w * dy[i][n];
    gradient += dy[i][n] * h[i * K + k];
  }
  return gradient;
}

static void step(float *w, float *m, float *v, float gradient, const ck_adam *adam) {
  *m = adam->beta1 * *m + (1 - adam->beta1) * gradient;
  *v = adam->beta2 * *v + (1 - adam->beta2) * gradient * gradient;
  *w -= adam->rate * adam->correction1 * *m / (sqrtf(*v) * adam->correction2 + adam->epsilon);
}

void ck_reference_head_update(size_t N, size_t K, size_t V, float *w, float *m, float *v, const float *const *dy,
                              const float *h, float *dh, const ck_adam *adam) {
  for (size_t n = 0; n < N; n++)
    for (size_t k = 0; k < K; k++) {
      const size_t i = n * K + k;
      step(&w[i], &m[i], &v[i], backward(K, V, n, k, w[i], dy, h, dh), adam);
    }
}

void ck_reference_head_update_bf16(size_t N, size_t K, size_t V, uint16_t *w, uint16_t *m, uint16_t *v,
                                   const float *const *dy, const float *h, float *dh, const ck_adam *adam,
                                   uint32_t seed) {
  for (size_t n = 0; n < N; n++)
    for (size_t k = 0; k < K; k++) {
      const size_t i = n * K + k;
      float weight = widen(w[i]), mean = widen(m[i]), square = widen(v[i]);
      step(&weight, &mean, &square, backward(K, V, n, k, weight, dy, h, dh), adam);
      uint32_t random = seed + (uint32_t)i;
      CK_SCRAMBLE(random)
      w[i] = (uint16_t)((bits_of(weight) + (random & 0xffff)) >> 16);
      m[i] = nearest(mean);
      v[i] = (uint16_t)((bits_of(square) + (random >> 16)) >> 16);
    }
}

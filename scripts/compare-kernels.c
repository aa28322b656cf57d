// Compares every kernel of every set that this processor runs with the plain loops, on random shapes. The Swift tests
// do this and more; this program needs nothing but a C compiler, so that it also runs in an emulator (test-neon).
#include "ckernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 300, LARGEST = 80, ROOM = LARGEST * (LARGEST + 16) };

static int failures;

static float uniform(void) { return (float)rand() / (float)RAND_MAX * 2 - 1; }

static void fill(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = uniform();
}

static void compare(const char *set, const char *kernel, const float *values, const float *wanted, size_t count,
                    float tolerance) {
  for (size_t i = 0; i < count; i++)
    if (!(fabsf(values[i] - wanted[i]) <= tolerance * (1 + fabsf(wanted[i])))) {
      printf("%s %s [%zu]: %g, reference %g\n", set, kernel, i, values[i], wanted[i]);
      failures++;
      return;
    }
}

static float x[ROOM], w[ROOM], b[LARGEST], out[2][ROOM], weights[2][ROOM], bias[2][LARGEST];

static void compareLinear(const ck_kernels *const sets[2]) {
  size_t M = rand() % LARGEST, N = rand() % LARGEST, K = rand() % LARGEST, ld = M + rand() % 16;
  int relu = rand() & 1, gated = rand() & 1;
  for (int s = 0; s < 2; s++) {
    memset(out[s], 0x41, sizeof out[s]);
    sets[s]->linear_forward(M, N, K, w, b, x, ld, out[s], ld, relu);
  }
  compare(sets[0]->name, "linear_forward", out[0], out[1], ROOM, 1e-4f);
  for (int s = 0; s < 2; s++)
    sets[s]->linear_backward_input(M, N, K, w, x, ld, out[s], ld, gated ? x : NULL, ld);
  compare(sets[0]->name, "linear_backward_input", out[0], out[1], ROOM, 1e-4f);
  for (int s = 0; s < 2; s++) {
    memcpy(weights[s], w, sizeof w);
    memcpy(bias[s], b, sizeof b);
    sets[s]->linear_backward_weights(M, N, K, out[1], ld, x, ld, weights[s], gated ? bias[s] : NULL);
  }
  compare(sets[0]->name, "linear_backward_weights", weights[0], weights[1], ROOM, 1e-3f);
  compare(sets[0]->name, "linear_backward_weights db", bias[0], bias[1], LARGEST, 1e-3f);
}

static void compareGrid(const ck_kernels *const sets[2]) {
  static const ck_grid_level levels[] = {{2, 64, 1, 0}, {4, 20, 1, 64}, {9, 64, 0, 84}, {37, 256, 0, 148}};
  const ck_grid grid = {2 + (uint32_t)(rand() & 1), 4, levels};
  size_t M = rand() % LARGEST, ld = M + rand() % 16;
  static float place[3 * (LARGEST + 16)], dx[2][3 * (LARGEST + 16)];
  for (size_t i = 0; i < sizeof place / sizeof *place; i++) place[i] = (uniform() + 1) / 2;
  for (int s = 0; s < 2; s++) {
    memset(out[s], 0x41, sizeof out[s]);
    memset(dx[s], 0x41, sizeof dx[s]);
    memcpy(weights[s], w, sizeof w);
    sets[s]->grid_encode(&grid, w, M, place, ld, out[s], ld);
    sets[s]->grid_scatter(&grid, M, place, ld, x, ld, weights[s]);
    sets[s]->grid_slope(&grid, w, M, place, ld, x, ld, dx[s], ld);
  }
  compare(sets[0]->name, "grid_encode", out[0], out[1], ROOM, 1e-5f);
  compare(sets[0]->name, "grid_scatter", weights[0], weights[1], ROOM, 1e-4f);
  compare(sets[0]->name, "grid_slope", dx[0], dx[1], sizeof dx[0] / sizeof **dx, 1e-3f);
}

static void compareElementwise(const ck_kernels *const sets[2]) {
  static float state[2][3][LARGEST], gradient[2][3][LARGEST], in[LARGEST], y[2][LARGEST];
  const ck_adam adam = {0.01f, 0.9f, 0.99f, 1e-8f, 2, 3};
  size_t n = rand() % LARGEST, count = rand() % 4;
  fill(state[0][0], LARGEST);
  fill(state[0][1], LARGEST);
  for (size_t i = 0; i < LARGEST; i++) state[0][2][i] = uniform() + 1;
  fill(gradient[0][0], 3 * LARGEST);
  memcpy(state[1], state[0], sizeof state[0]);
  memcpy(gradient[1], gradient[0], sizeof gradient[0]);
  for (size_t i = 0; i < LARGEST; i++) in[i] = 30 * uniform();
  for (int s = 0; s < 2; s++) {
    float *const gradients[3] = {gradient[s][0], gradient[s][1], gradient[s][2]};
    sets[s]->adam_step(n, state[s][0], state[s][1], state[s][2], gradients, count, &adam);
  }
  compare(sets[0]->name, "adam_step", state[0][0], state[1][0], 3 * LARGEST, 1e-5f);
  compare(sets[0]->name, "adam_step gradients", gradient[0][0], gradient[1][0], 3 * LARGEST, 0);
  void (*const functions[2][3])(size_t, const float *, float *) = {
      {sets[0]->tanh, sets[0]->sigmoid2, sets[0]->softplus}, {sets[1]->tanh, sets[1]->sigmoid2, sets[1]->softplus}};
  static const char *const names[] = {"tanh", "sigmoid2", "softplus"};
  for (int f = 0; f < 3; f++) {
    for (int s = 0; s < 2; s++) {
      memset(y[s], 0x41, sizeof y[s]);
      functions[s][f](n, in, y[s]);
    }
    compare(sets[0]->name, names[f], y[0], y[1], LARGEST, 1e-6f);
  }
}

static void compareHead(const ck_kernels *const sets[2]) {
  static float state[2][3][ROOM], dh[2][3 * LARGEST], y[2][LARGEST];
  static uint16_t half[2][3][ROOM];
  const ck_adam adam = {0.01f, 0.9f, 0.99f, 1e-8f, 2, 3};
  size_t N = rand() % LARGEST, K = 1 + rand() % LARGEST, V = 1 + rand() % 3;
  const float *const dy[3] = {x, x + LARGEST, x + 2 * LARGEST}, *const h = w;
  fill(state[0][0], 2 * ROOM);
  for (size_t i = 0; i < ROOM; i++) state[0][2][i] = uniform() + 1;
  memcpy(state[1], state[0], sizeof state[0]);
  for (size_t i = 0; i < 3 * ROOM; i++) half[0][i / ROOM][i % ROOM] = half[1][i / ROOM][i % ROOM] =
      ((const uint16_t *)state[0][i / ROOM])[2 * (i % ROOM) + 1];
  memset(dh, 0, sizeof dh);
  for (int s = 0; s < 2; s++) {
    sets[s]->head_forward(N, K, state[s][0], b, h, y[s]);
    sets[s]->head_update(N, K, V, state[s][0], state[s][1], state[s][2], dy, h, dh[s], &adam);
  }
  compare(sets[0]->name, "head_forward", y[0], y[1], LARGEST, 1e-4f);
  compare(sets[0]->name, "head_update", state[0][0], state[1][0], 3 * ROOM, 1e-5f);
  compare(sets[0]->name, "head_update dh", dh[0], dh[1], 3 * LARGEST, 1e-4f);
  for (int s = 0; s < 2; s++) {
    sets[s]->head_forward_bf16(N, K, half[s][0], b, h, y[s]);
    sets[s]->head_update_bf16(N, K, V, half[s][0], half[s][1], half[s][2], dy, h, dh[s], &adam, 7);
  }
  compare(sets[0]->name, "head_forward_bf16", y[0], y[1], LARGEST, 1e-4f);
  compare(sets[0]->name, "head_update_bf16 dh", dh[0], dh[1], 3 * LARGEST, 1e-4f);
  for (size_t i = 0; i < 3 * ROOM; i++)
    if (abs((int)half[0][i / ROOM][i % ROOM] - (int)half[1][i / ROOM][i % ROOM]) > 1) {
      printf("%s head_update_bf16 [%zu]\n", sets[0]->name, i);
      failures++;
      return;
    }
}

int main(void) {
  fill(x, ROOM);
  fill(w, ROOM);
  fill(b, LARGEST);
  const ck_kernels *const *list;
  size_t count = ck_available(&list);
  for (size_t i = 0; i < count; i++) {
    const ck_kernels *const sets[2] = {list[i], ck_reference()};
    for (int c = 0; c < CASES; c++) {
      compareLinear(sets);
      compareGrid(sets);
      compareElementwise(sets);
      compareHead(sets);
    }
    printf("%s: %d random cases compared with the reference\n", list[i]->name, CASES);
  }
  if (failures) printf("%d failures\n", failures);
  return failures != 0;
}

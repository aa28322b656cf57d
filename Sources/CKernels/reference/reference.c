// Plain loops: the definition of every kernel. Nothing here is tuned; see the other folders for that.
#include "../kernels.h"
#include <math.h>

static void linear_forward(size_t M, size_t N, size_t K, const float *w, const float *b, const float *x, size_t ldx,
                           float *y, size_t ldy, int relu) {
  for (size_t n = 0; n < N; n++)
    for (size_t m = 0; m < M; m++) {
      float sum = b ? b[n] : 0;
      for (size_t k = 0; k < K; k++) sum += w[n * K + k] * x[k * ldx + m];
      y[n * ldy + m] = relu && sum < 0 ? 0 : sum;
    }
}

static void linear_backward_input(size_t M, size_t N, size_t K, const float *w, const float *dy, size_t lddy, float *dx,
                                  size_t lddx, const float *gate, size_t ldgate) {
  for (size_t k = 0; k < K; k++)
    for (size_t m = 0; m < M; m++) {
      float sum = 0;
      for (size_t n = 0; n < N; n++) sum += w[n * K + k] * dy[n * lddy + m];
      dx[k * lddx + m] = gate && gate[k * ldgate + m] <= 0 ? 0 : sum;
    }
}

static void linear_backward_weights(size_t M, size_t N, size_t K, const float *dy, size_t lddy, const float *x,
                                    size_t ldx, float *dw, float *db) {
  for (size_t n = 0; n < N; n++) {
    for (size_t k = 0; k < K; k++) {
      float sum = 0;
      for (size_t m = 0; m < M; m++) sum += dy[n * lddy + m] * x[k * ldx + m];
      dw[n * K + k] += sum;
    }
    if (db) {
      float sum = 0;
      for (size_t m = 0; m < M; m++) sum += dy[n * lddy + m];
      db[n] += sum;
    }
  }
}

// The 2^dims corners of the cell around a point: table entries and weights; fraction[d] is the place in the cell.
static void corners(const ck_grid_level *level, uint32_t dims, const float *point, uint32_t *entry, float *weight,
                    float *fraction) {
  static const uint32_t primes[3] = {1u, 2654435761u, 805459861u};
  uint32_t base[3] = {0, 0, 0};
  for (uint32_t d = 0; d < dims; d++) {
    float place = point[d] * (float)level->resolution, cell = floorf(place);
    base[d] = (uint32_t)cell;
    fraction[d] = place - cell;
  }
  for (uint32_t c = 0; c < 1u << dims; c++) {
    uint32_t index = 0, stride = 1;
    float product = 1;
    for (uint32_t d = 0; d < dims; d++) {
      uint32_t bit = c >> d & 1, vertex = base[d] + bit;
      product *= bit ? fraction[d] : 1 - fraction[d];
      if (level->dense) index += vertex * stride;
      else index ^= vertex * primes[d];
      stride *= level->resolution + 1;
    }
    if (level->dense) entry[c] = index < level->entries ? index : level->entries - 1;
    else entry[c] = index & (level->entries - 1);
    weight[c] = product;
  }
}

static void grid_encode(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx, float *out,
                        size_t ldout) {
  for (uint32_t l = 0; l < grid->levels; l++) {
    const float *features = table + 2 * (size_t)grid->level[l].offset;
    for (size_t m = 0; m < M; m++) {
      float point[3], weight[8], fraction[3], sum[2] = {0, 0};
      uint32_t entry[8];
      for (uint32_t d = 0; d < grid->dims; d++) point[d] = x[d * ldx + m];
      corners(&grid->level[l], grid->dims, point, entry, weight, fraction);
      for (uint32_t c = 0; c < 1u << grid->dims; c++)
        for (int f = 0; f < 2; f++) sum[f] += weight[c] * features[2 * (size_t)entry[c] + f];
      for (int f = 0; f < 2; f++) out[(2 * l + f) * ldout + m] = sum[f];
    }
  }
}

static void grid_scatter(const ck_grid *grid, size_t M, const float *x, size_t ldx, const float *dout, size_t lddout,
                         float *dtable) {
  for (uint32_t l = 0; l < grid->levels; l++) {
    float *gradient = dtable + 2 * (size_t)grid->level[l].offset;
    for (size_t m = 0; m < M; m++) {
      float point[3], weight[8], fraction[3];
      uint32_t entry[8];
      for (uint32_t d = 0; d < grid->dims; d++) point[d] = x[d * ldx + m];
      corners(&grid->level[l], grid->dims, point, entry, weight, fraction);
      for (uint32_t c = 0; c < 1u << grid->dims; c++)
        for (int f = 0; f < 2; f++) gradient[2 * (size_t)entry[c] + f] += weight[c] * dout[(2 * l + f) * lddout + m];
    }
  }
}

static void grid_slope(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx,
                       const float *dout, size_t lddout, float *dx, size_t lddx) {
  for (uint32_t d = 0; d < grid->dims; d++)
    for (size_t m = 0; m < M; m++) dx[d * lddx + m] = 0;
  for (uint32_t l = 0; l < grid->levels; l++) {
    const ck_grid_level *level = &grid->level[l];
    const float *features = table + 2 * (size_t)level->offset;
    for (size_t m = 0; m < M; m++) {
      float point[3], weight[8], fraction[3];
      uint32_t entry[8];
      for (uint32_t d = 0; d < grid->dims; d++) point[d] = x[d * ldx + m];
      corners(level, grid->dims, point, entry, weight, fraction);
      for (uint32_t c = 0; c < 1u << grid->dims; c++) {
        float along = 0;
        for (int f = 0; f < 2; f++) along += features[2 * (size_t)entry[c] + f] * dout[(2 * l + f) * lddout + m];
        for (uint32_t d = 0; d < grid->dims; d++) {
          float slope = c >> d & 1 ? (float)level->resolution : -(float)level->resolution;
          for (uint32_t e = 0; e < grid->dims; e++)
            if (e != d) slope *= c >> e & 1 ? fraction[e] : 1 - fraction[e];
          dx[d * lddx + m] += slope * along;
        }
      }
    }
  }
}

static void adam_step(size_t n, float *p, float *m, float *v, float *const *grads, size_t count, const ck_adam *adam) {
  for (size_t block = 0; block < n; block += CK_ADAM_BLOCK) {
    size_t size = n - block < CK_ADAM_BLOCK ? n - block : CK_ADAM_BLOCK;
    float gradient[CK_ADAM_BLOCK] = {0};
    int touched = 0;
    for (size_t i = 0; i < size; i++) {
      for (size_t g = 0; g < count; g++) {
        gradient[i] += grads[g][block + i];
        grads[g][block + i] = 0;
      }
      touched |= gradient[i] != 0;
    }
    if (adam->sparse && !touched) continue;
    for (size_t i = 0; i < size; i++) {
      size_t at = block + i;
      m[at] = adam->beta1 * m[at] + (1 - adam->beta1) * gradient[i];
      v[at] = adam->beta2 * v[at] + (1 - adam->beta2) * gradient[i] * gradient[i];
      p[at] -= adam->rate * adam->correction1 * m[at] / (sqrtf(v[at]) * adam->correction2 + adam->epsilon);
    }
  }
}

// A place in [-1, 1] in units of texels from the centre of the first one.
static float texel_place(float value, uint32_t texels) {
  float place = (value * 0.5f + 0.5f) * texels - 0.5f;
  place = place > 0 ? place : 0;
  return place < texels - 1 ? place : texels - 1;
}

static void edit_gather(size_t M, const ck_texture *texture, const float *u, const float *v, const uint16_t *w,
                        float unit, float *sum) {
  for (size_t m = 0; m < M; m++) {
    float x = texel_place(u[m], texture->width), y = texel_place(v[m], texture->height);
    size_t left = (size_t)x, top = (size_t)y;
    size_t right = left + 1 < texture->width ? left + 1 : left, bottom = top + 1 < texture->height ? top + 1 : top;
    float fx = x - left, fy = y - top;
    for (int c = 0; c < 3; c++) {
      const float *texels = texture->texels + c;
      float upper = texels[4 * (top * texture->width + left)] * (1 - fx) + texels[4 * (top * texture->width + right)] * fx;
      float lower =
          texels[4 * (bottom * texture->width + left)] * (1 - fx) + texels[4 * (bottom * texture->width + right)] * fx;
      sum[4 * m + c] += unit * w[4 * m + 3] * w[4 * m + c] * (upper * (1 - fy) + lower * fy);
    }
  }
}

static void edit_apply(size_t M, const float *sum, const uint16_t *source, uint16_t *out) {
  for (size_t m = 0; m < M; m++)
    for (int c = 0; c < 3; c++) {
      float value = source[3 * m + c] + 65535 * sum[4 * m + c];
      value = value > 0 ? value : 0;
      out[3 * m + c] = (uint16_t)((value < 65535 ? value : 65535) + 0.5f);
    }
}

static void carry(size_t height, size_t width, const uint8_t *to, const uint8_t *from, const float *value,
                  const float *flow, const ck_carry *how, float *mean, float *trust) {
  const long radius = (long)how->radius, rows = (long)height, columns = (long)width;
  double whole = 0;
  for (long y = -radius; y <= radius; y++)
    for (long x = -radius; x <= radius; x++) whole += exp(-(double)(x * x + y * y) / (2 * how->reach * how->reach));
  for (long p = 0; p < rows * columns; p++) {
    mean[p] = trust[p] = 0;
    float placeX = (float)(p % columns) + flow[2 * p], placeY = (float)(p / columns) + flow[2 * p + 1];
    if (!(placeX > -0.5f && placeY > -0.5f && placeX < width - 0.5f && placeY < height - 0.5f)) continue;
    long column = (long)(placeX + 0.5f), row = (long)(placeY + 0.5f);
    double sum = 0, weights = 0;
    for (long v = row - radius; v <= row + radius; v++)
      for (long u = column - radius; u <= column + radius; u++) {
        if (u < 0 || v < 0 || u >= columns || v >= rows) continue;
        const uint8_t *other = from + 3 * (v * columns + u);
        double l = other[0] - to[3 * p], a = other[1] - to[3 * p + 1], b = other[2] - to[3 * p + 2];
        double far = (double)((u - column) * (u - column) + (v - row) * (v - row));
        double weight = exp(-(l * l + 4 * a * a + 4 * b * b) / (2 * how->likeness * how->likeness) -
                            far / (2 * how->reach * how->reach));
        sum += weight * value[v * columns + u];
        weights += weight;
      }
    mean[p] = weights > 1e-6 ? (float)(sum / weights) : 0;
    trust[p] = (float)(weights / whole);
  }
}

static void tanh_array(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = tanhf(x[i]);
}

static void sigmoid2(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = (tanhf(x[i]) + 1) / 2;
}

static void softplus(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] > 20 ? x[i] : log1pf(expf(x[i]));
}

// <from, pixel (x, y) of to>; 0 outside.
static float product_at(size_t C, const float *from, size_t height, size_t width, const float *to, long x, long y) {
  if (x < 0 || y < 0 || x >= (long)width || y >= (long)height) return 0;
  float sum = 0;
  for (size_t c = 0; c < C; c++) sum += from[c] * to[((size_t)y * width + (size_t)x) * C + c];
  return sum;
}

static void correlate(size_t M, size_t C, const float *from, size_t height, size_t width, const float *to,
                      const float *centre, float scale, size_t radius, float *out, size_t ldout) {
  const size_t side = 2 * radius + 1;
  for (size_t m = 0; m < M; m++)
    for (size_t a = 0; a < side; a++)
      for (size_t b = 0; b < side; b++) {
        const float x = centre[2 * m] + (float)a - (float)radius, y = centre[2 * m + 1] + (float)b - (float)radius;
        float value = 0;
        if (x > -1 && y > -1 && x < (float)width && y < (float)height) {
          const long left = (long)floorf(x), top = (long)floorf(y);
          const float fx = x - (float)left, fy = y - (float)top, *f = from + m * C;
          value = (1 - fy) * ((1 - fx) * product_at(C, f, height, width, to, left, top) +
                              fx * product_at(C, f, height, width, to, left + 1, top)) +
                  fy * ((1 - fx) * product_at(C, f, height, width, to, left, top + 1) +
                        fx * product_at(C, f, height, width, to, left + 1, top + 1));
        }
        out[m * ldout + a * side + b] = scale * value;
      }
}

static void gru_gates(size_t M, size_t H, const float *state, const float *input, const float *constant, const float *h,
                      float *update, float *reset_h) {
  for (size_t m = 0; m < M; m++)
    for (size_t i = 0; i < H; i++) {
      const float z = state[m * 2 * H + i] + input[m * 3 * H + i] + constant[m * 3 * H + i];
      const float r = state[m * 2 * H + H + i] + input[m * 3 * H + H + i] + constant[m * 3 * H + H + i];
      update[m * H + i] = 1 / (1 + expf(-z));
      reset_h[m * H + i] = h[m * H + i] / (1 + expf(-r));
    }
}

static void gru_update(size_t M, size_t H, const float *state, const float *input, const float *constant,
                       const float *update, float *h) {
  for (size_t m = 0; m < M; m++)
    for (size_t i = 0; i < H; i++) {
      const float q = state[m * H + i] + input[m * 3 * H + 2 * H + i] + constant[m * 3 * H + 2 * H + i];
      const float z = update[m * H + i];
      h[m * H + i] = (1 - z) * h[m * H + i] + z * tanhf(q);
    }
}

static size_t peak_products(size_t rounds, float *value) {
  float chain = value[0];
  for (size_t i = 0; i < rounds; i++) chain = chain * value[0] + value[1];
  value[2] = chain;
  return 2 * rounds;
}

static void peak_stream(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

const ck_kernels ck_reference_kernels = {
    .name = "reference",
    .linear_forward = linear_forward,
    .linear_backward_input = linear_backward_input,
    .linear_backward_weights = linear_backward_weights,
    .grid_encode = grid_encode,
    .grid_scatter = grid_scatter,
    .grid_slope = grid_slope,
    .adam_step = adam_step,
    .head_forward = ck_reference_head_forward,
    .head_forward_bf16 = ck_reference_head_forward_bf16,
    .head_update = ck_reference_head_update,
    .head_update_bf16 = ck_reference_head_update_bf16,
    .edit_gather = edit_gather,
    .edit_apply = edit_apply,
    .carry = carry,
    .tanh = tanh_array,
    .sigmoid2 = sigmoid2,
    .softplus = softplus,
    .peak_products = peak_products,
    .peak_stream = peak_stream,
    .mlp_bf16 = &ck_reference_mlp_bf16,
    .correlate = correlate,
    .gru_gates = gru_gates,
    .gru_update = gru_update,
};

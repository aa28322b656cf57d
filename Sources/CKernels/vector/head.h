// The output layer of a hypernetwork: limited by memory, so whatever happens to a weight happens while it is here.

typedef uint16_t vh __attribute__((vector_size(2 * LANES)));
typedef uint16_t vh_anywhere __attribute__((vector_size(2 * LANES), aligned(2), may_alias));

// `count` numbers (1 ... LANES), 32-bit or bf16.
INLINE vf head_load(const void *p, size_t i, int half, size_t count) {
  if (!half) return count < LANES ? load_part((const float *)p + i, count) : load((const float *)p + i);
  vh bits = {0};
  if (count < LANES) __builtin_memcpy(&bits, (const uint16_t *)p + i, 2 * count);
  else bits = *(const vh_anywhere *)((const uint16_t *)p + i);
  return (vf)(__builtin_convertvector(bits, vu) << 16);
}

// The upper halves of `count` numbers.
INLINE void head_store_half(uint16_t *p, vu bits, size_t count) {
  vh half = __builtin_convertvector(bits >> 16, vh);
  if (count < LANES) __builtin_memcpy(p, &half, 2 * count);
  else *(vh_anywhere *)p = half;
}

INLINE void head_store(float *p, vf value, size_t count) {
  if (count < LANES) store_part(p, value, count);
  else store(p, value);
}

// y of four rows at a time; the last group repeats its last row.
INLINE void head_rows(size_t N, size_t K, const void *w, int half, const float *b, const float *h, float *y) {
  for (size_t n = 0; n < N; n += 4) {
    size_t row[4];
    for (size_t i = 0; i < 4; i++) row[i] = (n + i < N ? n + i : N - 1) * K;
    vf sum[4] = {{0}};
    for (size_t k = 0; k < K; k += LANES) {
      const size_t count = K - k < LANES ? K - k : LANES;
      const vf x = head_load(h, k, 0, count);
      UNROLL for (size_t i = 0; i < 4; i++) sum[i] += head_load(w, row[i] + k, half, count) * x;
    }
    const quad four = sum_four(sum[0], sum[1], sum[2], sum[3]);
    for (size_t i = 0; i < 4 && n + i < N; i++) y[n + i] = four[i] + (b ? b[n + i] : 0);
  }
}

static void head_forward(size_t N, size_t K, const float *w, const float *b, const float *h, float *y) {
  head_rows(N, K, w, 0, b, h, y);
}

static void head_forward_bf16(size_t N, size_t K, const uint16_t *w, const float *b, const float *h, float *y) {
  head_rows(N, K, w, 1, b, h, y);
}

// `count` weights from place i on, of row n and columns from k.
INLINE void head_weights(size_t i, size_t n, size_t k, size_t K, size_t V, size_t count, void *w, void *m, void *v,
                         int half, const float *const *dy, const float *h, float *dh, const ck_adam *adam,
                         uint32_t seed) {
  vf weight = head_load(w, i, half, count), mean = head_load(m, i, half, count), square = head_load(v, i, half, count);
  vf gradient = {0};
  for (size_t video = 0; video < V; video++) {
    const size_t at = video * K + k;
    const float slope = dy[video][n];
    head_store(dh + at, head_load(dh, at, 0, count) + weight * slope, count);
    gradient += slope * head_load(h, at, 0, count);
  }
  adam_vector(&weight, &mean, &square, gradient, adam);
  if (!half) {
    head_store((float *)w + i, weight, count);
    head_store((float *)m + i, mean, count);
    head_store((float *)v + i, square, count);
    return;
  }
  vu random;
  UNROLL for (uint32_t lane = 0; lane < LANES; lane++) random[lane] = lane;
  random += seed + (uint32_t)i;
  CK_SCRAMBLE(random)
  head_store_half((uint16_t *)w + i, (vu)weight + (random & 0xffff), count);
  head_store_half((uint16_t *)m + i, (vu)mean + 0x7fff + ((vu)mean >> 16 & 1), count);
  head_store_half((uint16_t *)v + i, (vu)square + (random >> 16), count);
}

INLINE void head_pass(size_t N, size_t K, size_t V, void *w, void *m, void *v, int half, const float *const *dy,
                      const float *h, float *dh, const ck_adam *adam, uint32_t seed) {
  const ck_adam a = *adam;
  for (size_t n = 0; n < N; n++) {
    size_t k = 0;
    for (; k + LANES <= K; k += LANES) head_weights(n * K + k, n, k, K, V, LANES, w, m, v, half, dy, h, dh, &a, seed);
    if (k < K) head_weights(n * K + k, n, k, K, V, K - k, w, m, v, half, dy, h, dh, &a, seed);
  }
}

static void head_update(size_t N, size_t K, size_t V, float *w, float *m, float *v, const float *const *dy,
                        const float *h, float *dh, const ck_adam *adam) {
  if (V == 1) head_pass(N, K, 1, w, m, v, 0, dy, h, dh, adam, 0);
  else head_pass(N, K, V, w, m, v, 0, dy, h, dh, adam, 0);
}

static void head_update_bf16(size_t N, size_t K, size_t V, uint16_t *w, uint16_t *m, uint16_t *v,
                             const float *const *dy, const float *h, float *dh, const ck_adam *adam, uint32_t seed) {
  if (V == 1) head_pass(N, K, 1, w, m, v, 1, dy, h, dh, adam, seed);
  else head_pass(N, K, V, w, m, v, 1, dy, h, dh, adam, seed);
}

// What the processor can do at most, for comparison: products on registers alone, and additions on memory alone.

enum { PEAK_CHAINS = 12 };

static size_t peak_products(size_t rounds, float *value) {
  const vf factor = spread(value[0]), term = spread(value[1]);
  vf chain[PEAK_CHAINS];
  UNROLL for (int c = 0; c < PEAK_CHAINS; c++) chain[c] = spread(value[0] + (float)c);
  for (size_t i = 0; i < rounds; i++) {
    UNROLL for (int c = 0; c < PEAK_CHAINS; c++) chain[c] = chain[c] * factor + term;
  }
  vf sum = {0};
  UNROLL for (int c = 0; c < PEAK_CHAINS; c++) sum += chain[c];
  value[2] = 0;
  for (int i = 0; i < LANES; i++) value[2] += sum[i];
  return rounds * PEAK_CHAINS * LANES * 2;
}

static void peak_stream(size_t n, const float *x, float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, load(y + i) + load(x + i));
  for (; i < n; i++) y[i] += x[i];
}

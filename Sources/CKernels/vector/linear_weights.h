// The linear layer backwards to its weights: dw[n][k] += sum_m dy[n][m] x[k][m], dot products along the points.
//
// A tile is SUM_ROWS rows of dy times 4 rows of x: the sums run in vectors over the points, and at the end the four
// vectors of a row of the tile become the four sums that are added to dw.

// Points summed before the sums go to dw, and bytes of x kept in the first level cache while all rows of dy pass by.
enum { BLOCK_POINTS = 1024, BLOCK_BYTES = 24 * 1024 };

INLINE void weights_tile(size_t M, size_t rows, size_t columns, const float *dy, size_t lddy, const float *x,
                         size_t ldx, float *dw, size_t K) {
  vf sum[SUM_ROWS][4] = {{{0}}};
  size_t m = 0;
  for (; m + LANES <= M; m += LANES) {
    vf a[SUM_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++) a[r] = load(dy + r * lddy + m);
    UNROLL for (size_t c = 0; c < columns; c++) {
      vf b = load(x + c * ldx + m);
      UNROLL for (size_t r = 0; r < rows; r++) sum[r][c] += a[r] * b;
    }
  }
  if (m < M)
    UNROLL for (size_t c = 0; c < columns; c++) {
      vf b = load_part(x + c * ldx + m, M - m);
      UNROLL for (size_t r = 0; r < rows; r++) sum[r][c] += load_part(dy + r * lddy + m, M - m) * b;
    }
  UNROLL for (size_t r = 0; r < rows; r++) {
    quad total = sum_four(sum[r][0], sum[r][1], sum[r][2], sum[r][3]);
    float *to = dw + r * K;
    if (columns == 4) *(quad_anywhere *)to += total;
    else UNROLL for (size_t c = 0; c < columns; c++) to[c] += total[c];
  }
}

INLINE void weights_rows(size_t M, size_t rows, size_t K, size_t first, size_t end, const float *dy, size_t lddy,
                         const float *x, size_t ldx, float *dw) {
  size_t k = first;
  for (; k + 4 <= end; k += 4) weights_tile(M, rows, 4, dy, lddy, x + k * ldx, ldx, dw + k, K);
  switch (end - k) {
    case 3: return weights_tile(M, rows, 3, dy, lddy, x + k * ldx, ldx, dw + k, K);
    case 2: return weights_tile(M, rows, 2, dy, lddy, x + k * ldx, ldx, dw + k, K);
    case 1: return weights_tile(M, rows, 1, dy, lddy, x + k * ldx, ldx, dw + k, K);
  }
}

// Rows first ... end - 1 of x, which stay in the first level cache, against all rows of dy.
static void weights_block(size_t M, size_t N, size_t K, size_t first, size_t end, const float *dy, size_t lddy,
                          const float *x, size_t ldx, float *dw) {
  size_t n = 0;
  for (; n + SUM_ROWS <= N; n += SUM_ROWS)
    weights_rows(M, SUM_ROWS, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
  switch (N - n) {
    case 5: return weights_rows(M, 5, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
    case 4: return weights_rows(M, 4, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
    case 3: return weights_rows(M, 3, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
    case 2: return weights_rows(M, 2, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
    case 1: return weights_rows(M, 1, K, first, end, dy + n * lddy, lddy, x, ldx, dw + n * K);
  }
}
_Static_assert(SUM_ROWS <= 6, "weights_block finishes at most 5 rows");

static void bias_block(size_t M, size_t N, const float *dy, size_t lddy, float *db) {
  const vf zero = {0};
  for (size_t n = 0; n < N; n++) {
    const float *row = dy + n * lddy;
    vf sum = {0};
    size_t m = 0;
    for (; m + LANES <= M; m += LANES) sum += load(row + m);
    if (m < M) sum += load_part(row + m, M - m);
    db[n] += sum_four(sum, zero, zero, zero)[0];
  }
}

static void linear_backward_weights(size_t M, size_t N, size_t K, const float *dy, size_t lddy, const float *x,
                                    size_t ldx, float *dw, float *db) {
  for (size_t m = 0; m < M; m += BLOCK_POINTS) {
    size_t points = M - m < BLOCK_POINTS ? M - m : BLOCK_POINTS;
    size_t fit = BLOCK_BYTES / (points * sizeof(float)) / 4 * 4, columns = fit ? fit : 4;
    for (size_t k = 0; k < K; k += columns)
      weights_block(points, N, K, k, K - k < columns ? K : k + columns, dy + m, lddy, x + m, ldx, dw);
    if (db) bias_block(points, N, dy + m, lddy, db);
  }
}

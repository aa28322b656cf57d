// The linear layer forward and backwards to its input: one product, out[r][m] = sum_d a[r][d] in[d][m].
//
// A tile is TILE_ROWS rows of the output times TILE_VECTORS vectors of points, held in registers while the whole depth
// is summed; no operand is packed or transposed. A panel of TILE_VECTORS vectors of points is finished before the next
// one, so that it is read from the first level cache for every tile but the first.

typedef struct {
  size_t rows, depth;
  const float *a;
  size_t across, along;  // a[r][d] is a[r * across + d * along]
  const float *in;
  size_t ldin;
  float *out;
  size_t ldout;
  const float *bias;  // added to each row, or NULL
  int relu;
  const float *gate;  // out is 0 where gate is not above 0, or NULL
  size_t ldgate;
} product;

// Writes `rows` rows from `row` on, `vectors` vectors from point m on. Where count < LANES (then vectors is 1) only the
// first `count` points are read and written.
INLINE void product_tile(const product *p, size_t row, size_t m, size_t rows, size_t vectors, size_t count) {
  vf sum[TILE_ROWS][TILE_VECTORS];
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = spread(p->bias ? p->bias[row + r] : 0);
  const size_t across = p->across, along = p->along, ldin = p->ldin;
  const float *a = p->a + row * across, *in = p->in + m;
  for (size_t d = p->depth; d > 0; d--, a += along, in += ldin) {
    vf x[TILE_VECTORS];
    UNROLL for (size_t v = 0; v < vectors; v++) x[v] = count < LANES ? load_part(in, count) : load(in + v * LANES);
    UNROLL for (size_t r = 0; r < rows; r++)
      UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] += a[r * across] * x[v];
  }
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) {
      size_t place = m + v * LANES;
      vf y = sum[r][v];
      if (p->relu) y = choose(y < 0, spread(0), y);
      if (p->gate) {
        const float *from = p->gate + (row + r) * p->ldgate + place;
        vf gate = count < LANES ? load_part(from, count) : load(from);
        y = choose(gate <= 0, spread(0), y);
      }
      float *to = p->out + (row + r) * p->ldout + place;
      if (count < LANES) store_part(to, y, count);
      else store(to, y);
    }
}

INLINE void product_panel(const product *p, size_t m, size_t vectors, size_t count) {
  size_t row = 0;
  for (; row + TILE_ROWS <= p->rows; row += TILE_ROWS) product_tile(p, row, m, TILE_ROWS, vectors, count);
  switch (p->rows - row) {
    case 5: return product_tile(p, row, m, 5, vectors, count);
    case 4: return product_tile(p, row, m, 4, vectors, count);
    case 3: return product_tile(p, row, m, 3, vectors, count);
    case 2: return product_tile(p, row, m, 2, vectors, count);
    case 1: return product_tile(p, row, m, 1, vectors, count);
  }
}
_Static_assert(TILE_ROWS <= 6, "product_panel finishes at most 5 rows");

__attribute__((noinline)) static void multiply(const product *p, size_t M) {
  size_t m = 0;
  for (; m + TILE_VECTORS * LANES <= M; m += TILE_VECTORS * LANES) product_panel(p, m, TILE_VECTORS, LANES);
  for (; m + LANES <= M; m += LANES) product_panel(p, m, 1, LANES);
  if (m < M) product_panel(p, m, 1, M - m);
}

static void linear_forward(size_t M, size_t N, size_t K, const float *w, const float *b, const float *x, size_t ldx,
                           float *y, size_t ldy, int relu) {
  const product p = {.rows = N, .depth = K, .a = w, .across = K, .along = 1, .in = x, .ldin = ldx,
                     .out = y, .ldout = ldy, .bias = b, .relu = relu};
  multiply(&p, M);
}

static void linear_backward_input(size_t M, size_t N, size_t K, const float *w, const float *dy, size_t lddy, float *dx,
                                  size_t lddx, const float *gate, size_t ldgate) {
  const product p = {.rows = K, .depth = N, .a = w, .across = 1, .along = K, .in = dy, .ldin = lddy,
                     .out = dx, .ldout = lddx, .gate = gate, .ldgate = ldgate};
  multiply(&p, M);
}

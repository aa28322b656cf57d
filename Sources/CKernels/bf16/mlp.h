// The perceptron with bf16 products, written once over block_product, which each set's file defines:
//
//   void block_product(int row_tiles, int column_tiles, float *c, size_t ldc, const float *start, size_t ldstart,
//                      const bf16 *a, size_t a_step, const bf16 *b, size_t b_step, size_t pairs)
//
// c = start + a b for 1 or 2 row tiles and 1 or 2 columns of pair tiles, summed over the first 2 * pairs columns of a
// (the rest of the last tile is zero in a or in b). start may be c. The tiles of one row of a follow each other, a_step
// is the way to the next row tile; b likewise. begin_products and end_products enclose every use on a thread.
//
// Forward has points along the rows: X (row tiles) times W (pair tiles). Backward has features along the rows: W
// transposed (row tiles) times dY (pair tiles); the weights' gradient is dY (row tiles) times X (pair tiles with the
// points along the pairs). So each block of results is stored in two forms, and nothing is transposed in between.

static const float zeros[BLOCK] __attribute__((aligned(64)));

static size_t kept_points(size_t M, size_t block) {
  return M - block * POINTS < POINTS ? M - block * POINTS : POINTS;
}

// MARK: - Forward

// The weights of a layer; those of a split input as (hi, hi, lo).
static matrix layer_weights(const ck_mlp *mlp, const plan *p, size_t l, const float *parameters) {
  const float *w = parameters + mlp->layer[l].weight;
  const size_t inputs = p->layer[l].inputs, outputs = p->layer[l].outputs;
  if (l > 0 || !mlp->split_input) return (matrix){w, outputs, inputs, inputs};
  const size_t parts = mlp->layer[0].inputs;
  for (size_t n = 0; n < outputs; n++)
    for (size_t k = 0; k < parts; k++) {
      float *to = p->split_weights + n * inputs + k, high = high_part(w[n * parts + k]);
      to[0] = to[parts] = high;
      to[2 * parts] = w[n * parts + k] - high;
    }
  return (matrix){p->split_weights, outputs, inputs, inputs};
}

// The inputs of a block of points; split ones as (hi, lo, hi).
static matrix block_input(const ck_mlp *mlp, const plan *p, size_t points, const float *x, size_t ldx) {
  const size_t inputs = mlp->layer[0].inputs;
  if (!mlp->split_input) return (matrix){x, inputs, points, ldx};
  for (size_t k = 0; k < inputs; k++)
    for (size_t m = 0; m < points; m++) {
      float *to = p->input + k * POINTS + m, high = high_part(x[k * ldx + m]);
      to[0] = to[2 * inputs * POINTS] = high;
      to[inputs * POINTS] = x[k * ldx + m] - high;
    }
  return (matrix){p->input, p->layer[0].inputs, points, POINTS};
}

// ReLU of a block of 32 points x 32 features; gate gets a bit a number, gate_step is the way to the next 16 points.
INLINE void store_activations(const float *c, const block_tiles *to, uint16_t *gate, size_t gate_step) {
  const __m512 zero = _mm512_setzero_ps();
  const __m512i magnitude = _mm512_set1_epi16(0x7fff);
  for (size_t half = 0; half < 2; half++, gate += gate_step) {
    __m512i bits = _mm512_setzero_si512();
    UNROLL for (size_t i = 0; i < 16; i += 2) {
      const float *row = c + (half * 16 + i) * BLOCK;
      // In this order the maximum keeps a NaN.
      __m512i y0 = round32(_mm512_max_ps(zero, _mm512_load_ps(row)), _mm512_max_ps(zero, _mm512_load_ps(row + 16)));
      __m512i y1 = round32(_mm512_max_ps(zero, _mm512_load_ps(row + 32)), _mm512_max_ps(zero, _mm512_load_ps(row + 48)));
      store_two_rows(to, half * 16 + i, y0, y1);
      __m512i bit0 = _mm512_set1_epi16((short)(1 << i)), bit1 = _mm512_set1_epi16((short)(2 << i));
      bits = _mm512_mask_add_epi16(bits, _mm512_test_epi16_mask(y0, magnitude), bits, bit0);
      bits = _mm512_mask_add_epi16(bits, _mm512_test_epi16_mask(y1, magnitude), bits, bit1);
    }
    _mm512_storeu_si512(gate, bits);
  }
}

static void hidden_layer(const layer_plan *layer, size_t point_blocks, const bf16 *x, bf16 *y, bf16 *pairs,
                         uint16_t *gate) {
  const size_t in = layer->input_blocks * TILE, out = layer->output_blocks;
  for (size_t m = 0; m < point_blocks; m++)
    for (size_t n = 0; n < out; n++) {
      float c[BLOCK * BLOCK] __attribute__((aligned(64)));
      block_product(2, 2, c, BLOCK, layer->bias + n * BLOCK, 0, x + 2 * m * in, in, layer->forward + 2 * n * in, in,
                    (layer->inputs + 1) / 2);
      const block_tiles to = {y + (2 * m * out + n) * TILE, pairs + (2 * n * point_blocks + m) * TILE, out * TILE,
                              point_blocks * TILE};
      store_activations(c, &to, gate + (2 * m * out + n) * BLOCK, out * BLOCK);
    }
}

static void output_layer(const layer_plan *layer, size_t points, const bf16 *x, float *y, size_t ldy) {
  const size_t in = layer->input_blocks * TILE, pairs = (layer->inputs + 1) / 2;
  const __m512i row = _mm512_mullo_epi32(
      _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(BLOCK));
  for (size_t m = 0; m < points; m += BLOCK)
    for (size_t n = 0; n < layer->outputs; n += BLOCK) {
      float c[BLOCK * BLOCK] __attribute__((aligned(64)));
      const bf16 *a = x + m / 16 * in, *b = layer->forward + n / 16 * in;
      if (layer->narrow) block_product(2, 1, c, BLOCK, layer->bias + n, 0, a, in, b, in, pairs);
      else block_product(2, 2, c, BLOCK, layer->bias + n, 0, a, in, b, in, pairs);
      for (size_t i = 0; i < BLOCK && n + i < layer->outputs; i++)
        for (size_t j = 0; j < BLOCK && m + j < points; j += 16)
          _mm512_mask_storeu_ps(y + (n + i) * ldy + m + j, first_lanes(points - m - j),
                                _mm512_i32gather_ps(row, c + j * BLOCK + i, 4));
    }
}

static void mlp_forward(const ck_mlp *mlp, const float *parameters, size_t M, const float *x, size_t ldx, float *y,
                        size_t ldy, void *workspace) {
  const plan p = make_plan(mlp, M, workspace);
  const size_t last = p.layers - 1;
  for (size_t l = 0; l < p.layers; l++) {
    const layer_plan *layer = &p.layer[l];
    const matrix w = layer_weights(mlp, &p, l, parameters);
    pack_pairs(&w, layer->narrow ? 1 : 2 * layer->output_blocks, layer->input_blocks, layer->forward);
    for (size_t n = 0; n < layer->output_blocks * BLOCK; n++)
      layer->bias[n] = mlp->layer[l].bias >= 0 && n < layer->outputs ? parameters[mlp->layer[l].bias + (ptrdiff_t)n] : 0;
  }
  begin_products();
  for (size_t block = 0; block * POINTS < M; block++) {
    const size_t points = kept_points(M, block), point_blocks = blocks_of(points);
    unsigned char *kept = p.blocks + block * p.kept.size;
    const matrix input = block_input(mlp, &p, points, x + block * POINTS, ldx);
    pack_pairs(&input, 2 * p.layer[0].input_blocks, point_blocks, (bf16 *)(kept + p.kept.pairs[0]));
    pack_rows(&input, 2 * point_blocks, p.layer[0].input_blocks, p.rows[0]);
    for (size_t l = 0; l < last; l++)
      hidden_layer(&p.layer[l], point_blocks, p.rows[l % 2], p.rows[(l + 1) % 2],
                   (bf16 *)(kept + p.kept.pairs[l + 1]), (uint16_t *)(kept + p.kept.gate[l + 1]));
    output_layer(&p.layer[last], points, p.rows[last % 2], y + block * POINTS, ldy);
  }
  end_products();
}

// MARK: - Backward

// Adds a row's numbers to its 16 partial sums.
INLINE void sum_row(float *sums, __m512i row) {
  const __m512i ones = _mm512_set1_epi16(0x3f80);
  _mm512_store_ps(sums, _mm512_dpbf16_ps(_mm512_load_ps(sums), (__m512bh)row, (__m512bh)ones));
}

// The gradient of the last layer's output, rounded.
static void store_output_gradient(const layer_plan *layer, const matrix *dy, size_t point_blocks, bf16 *rows,
                                  bf16 *pairs) {
  const size_t out = layer->output_blocks;
  for (size_t m = 0; m < point_blocks; m++)
    for (size_t n = 0; n < out; n++) {
      const block_tiles to = {rows + (2 * n * point_blocks + m) * TILE, pairs + (2 * m * out + n) * TILE,
                              point_blocks * TILE, out * TILE};
      for (size_t i = 0; i < BLOCK; i += 2) {
        const size_t row = n * BLOCK + i, point = m * BLOCK;
        __m512i first = round32(read16(dy, row, point), read16(dy, row, point + 16));
        __m512i second = round32(read16(dy, row + 1, point), read16(dy, row + 1, point + 16));
        store_two_rows(&to, i, first, second);
        sum_row(layer->bias_gradient + row * 16, first);
        sum_row(layer->bias_gradient + (row + 1) * 16, second);
      }
    }
}

static void add_weight_gradient(const layer_plan *layer, size_t point_blocks, const bf16 *dy, const bf16 *x) {
  const size_t step = point_blocks * TILE, columns = layer->input_blocks * BLOCK, pairs = point_blocks * BLOCK / 2;
  for (size_t n = 0; n < layer->output_blocks; n++)
    for (size_t k = 0; k < layer->input_blocks; k++) {
      float *c = layer->weight_gradient + n * BLOCK * columns + k * BLOCK;
      const bf16 *a = dy + 2 * n * step, *b = x + 2 * k * step;
      if (layer->narrow) block_product(1, 2, c, columns, c, columns, a, step, b, step, pairs);
      else block_product(2, 2, c, columns, c, columns, a, step, b, step, pairs);
    }
}

// The gradient of a layer's inputs, a block of 32 features x 32 points, where the gate lets it through.
INLINE void store_hidden_gradient(const float *c, const block_tiles *to, const uint16_t *gate, size_t gate_step,
                                  float *sums) {
  UNROLL for (size_t i = 0; i < BLOCK; i += 2) {
    const float *row = c + i * BLOCK;
    const uint16_t *left = gate + i, *right = left + gate_step;
    __m512i first = round32(_mm512_maskz_load_ps(left[0], row), _mm512_maskz_load_ps(right[0], row + 16));
    __m512i second = round32(_mm512_maskz_load_ps(left[1], row + 32), _mm512_maskz_load_ps(right[1], row + 48));
    store_two_rows(to, i, first, second);
    sum_row(sums + i * 16, first);
    sum_row(sums + (i + 1) * 16, second);
  }
}

// sums: of the layer before.
static void hidden_gradient(const layer_plan *layer, size_t point_blocks, const bf16 *dy, const uint16_t *gate,
                            bf16 *rows, bf16 *pairs, float *sums) {
  const size_t in = layer->input_blocks, out = layer->output_blocks * TILE;
  for (size_t m = 0; m < point_blocks; m++)
    for (size_t k = 0; k < in; k++) {
      float c[BLOCK * BLOCK] __attribute__((aligned(64)));
      block_product(2, 2, c, BLOCK, zeros, 0, layer->backward + 2 * k * out, out, dy + 2 * m * out, out,
                    (layer->outputs + 1) / 2);
      const block_tiles to = {rows + (2 * k * point_blocks + m) * TILE, pairs + (2 * m * in + k) * TILE,
                              point_blocks * TILE, in * TILE};
      store_hidden_gradient(c, &to, gate + (2 * m * in + k) * BLOCK, in * BLOCK, sums + k * BLOCK * 16);
    }
}

// dx of a block of points. With a split input, w x = whi (hi + lo) + wlo hi: the slope is that of hi.
static void input_gradient(const ck_mlp *mlp, const plan *p, size_t points, const bf16 *dy, float *dx, size_t lddx) {
  const layer_plan *layer = &p->layer[0];
  const size_t out = layer->output_blocks * TILE, inputs = mlp->layer[0].inputs;
  for (size_t m = 0; m < blocks_of(points); m++)
    for (size_t k = 0; k < layer->input_blocks; k++)
      block_product(2, 2, p->input_gradient + k * BLOCK * POINTS + m * BLOCK, POINTS, zeros, 0,
                    layer->backward + 2 * k * out, out, dy + 2 * m * out, out, (layer->outputs + 1) / 2);
  for (size_t k = 0; k < inputs; k++) {
    const float *from = p->input_gradient + k * POINTS, *low = from + 2 * inputs * POINTS;
    float *to = dx + k * lddx;
    if (mlp->split_input)
      for (size_t m = 0; m < points; m++) to[m] = from[m] + low[m];
    else
      for (size_t m = 0; m < points; m++) to[m] = from[m];
  }
}

static void add_gradients(const ck_mlp *mlp, const plan *p, float *gradient) {
  for (size_t l = 0; l < p->layers; l++) {
    const ck_mlp_layer *real = &mlp->layer[l];
    const layer_plan *layer = &p->layer[l];
    const size_t inputs = real->inputs;
    for (size_t n = 0; n < real->outputs; n++) {
      const float *from = layer->weight_gradient + n * layer->input_blocks * BLOCK;
      float *to = gradient + real->weight + n * inputs;
      if (l == 0 && mlp->split_input)
        for (size_t k = 0; k < inputs; k++) to[k] += from[k] + from[inputs + k];
      else
        for (size_t k = 0; k < inputs; k++) to[k] += from[k];
      if (real->bias >= 0)
        gradient[real->bias + (ptrdiff_t)n] += _mm512_reduce_add_ps(_mm512_load_ps(layer->bias_gradient + n * 16));
    }
  }
}

static void mlp_backward(const ck_mlp *mlp, const float *parameters, size_t M, const float *dy, size_t lddy, float *dx,
                         size_t lddx, float *gradient, void *workspace) {
  const plan p = make_plan(mlp, M, workspace);
  const size_t last = p.layers - 1;
  for (size_t l = 0; l < p.layers; l++) {
    const layer_plan *layer = &p.layer[l];
    const size_t outputs = layer->output_blocks * BLOCK;
    const matrix w = layer_weights(mlp, &p, l, parameters);
    if (l > 0 || dx) pack_rows(&w, 2 * layer->input_blocks, layer->output_blocks, layer->backward);
    memset(layer->weight_gradient, 0, outputs * layer->input_blocks * BLOCK * sizeof(float));
    memset(layer->bias_gradient, 0, outputs * 16 * sizeof(float));
  }
  begin_products();
  for (size_t block = 0; block * POINTS < M; block++) {
    const size_t points = kept_points(M, block), point_blocks = blocks_of(points);
    const unsigned char *kept = p.blocks + block * p.kept.size;
    const matrix slope = {dy + block * POINTS, p.layer[last].outputs, points, lddy};
    store_output_gradient(&p.layer[last], &slope, point_blocks, p.gradient_rows, p.gradient_pairs[last % 2]);
    for (size_t l = last;; l--) {
      const bf16 *pairs = p.gradient_pairs[l % 2];
      add_weight_gradient(&p.layer[l], point_blocks, p.gradient_rows, (const bf16 *)(kept + p.kept.pairs[l]));
      if (l == 0) {
        if (dx) input_gradient(mlp, &p, points, pairs, dx + block * POINTS, lddx);
        break;
      }
      hidden_gradient(&p.layer[l], point_blocks, pairs, (const uint16_t *)(kept + p.kept.gate[l]), p.gradient_rows,
                      p.gradient_pairs[(l - 1) % 2], p.layer[l - 1].bias_gradient);
    }
  }
  end_products();
  add_gradients(mlp, &p, gradient);
}

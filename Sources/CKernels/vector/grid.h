// The multiresolution hash grid and its adjoints. Level by level, so that a level's table stays in the second level
// cache; LANES points at once. Contributions to the tables are added point after point, each as one pair of features.

// The cells of LANES points: what each axis adds to a vertex's index on the near and the far side, and the weights.
typedef struct {
  vu index[3][2];
  vf weight[3][2];
} cells;

INLINE cells locate(const ck_grid_level *level, uint32_t dims, int dense, const float *x, size_t ldx, size_t count) {
  static const uint32_t primes[3] = {1u, 2654435761u, 805459861u};
  cells c;
  uint32_t stride = 1;
  UNROLL for (uint32_t d = 0; d < dims; d++) {
    vf coordinate = count < LANES ? load_part(x + d * ldx, count) : load(x + d * ldx);
    vf place = coordinate * (float)level->resolution;
    vi vertex = __builtin_convertvector(place, vi);
    vf fraction = place - __builtin_convertvector(vertex, vf);
    uint32_t step = dense ? stride : primes[d];
    c.index[d][0] = (vu)vertex * step;
    c.index[d][1] = c.index[d][0] + step;
    c.weight[d][0] = 1 - fraction;
    c.weight[d][1] = fraction;
    stride *= level->resolution + 1;
  }
  return c;
}

// The entry of corner `corner`, whose bit d chooses the side on axis d.
INLINE vu corner_entry(const cells *c, const ck_grid_level *level, uint32_t dims, int dense, uint32_t corner) {
  const uint32_t last = level->entries - 1;
  vu index = c->index[0][corner & 1];
  UNROLL for (uint32_t d = 1; d < dims; d++) {
    vu part = c->index[d][corner >> d & 1];
    index = dense ? index + part : index ^ part;
  }
  if (!dense) return index & last;
  vu limit = last - (vu){0};
  return (vu)choose((vi)(index < limit), (vf)index, (vf)limit);
}

// The product of the corner's weights over all axes except `without`.
INLINE vf corner_weight(const cells *c, uint32_t dims, uint32_t corner, uint32_t without) {
  vf weight = spread(1);
  UNROLL for (uint32_t d = 0; d < dims; d++)
    if (d != without) weight *= c->weight[d][corner >> d & 1];
  return weight;
}

INLINE void encode_points(const ck_grid_level *level, uint32_t dims, int dense, const float *features, size_t count,
                          const float *x, size_t ldx, float *out, size_t ldout) {
  cells c = locate(level, dims, dense, x, ldx, count);
  vf sum[2] = {{0}, {0}};
  UNROLL for (uint32_t corner = 0; corner < 1u << dims; corner++) {
    vf weight = corner_weight(&c, dims, corner, dims), feature[2];
    gather_pairs(features, corner_entry(&c, level, dims, dense, corner), &feature[0], &feature[1]);
    UNROLL for (int f = 0; f < 2; f++) sum[f] += weight * feature[f];
  }
  UNROLL for (int f = 0; f < 2; f++)
    if (count < LANES) store_part(out + f * ldout, sum[f], count);
    else store(out + f * ldout, sum[f]);
}

INLINE void encode_level(const ck_grid_level *level, uint32_t dims, int dense, const float *table, size_t M,
                         const float *x, size_t ldx, float *out, size_t ldout) {
  const float *features = table + 2 * (size_t)level->offset;
  size_t m = 0;
  for (; m + LANES <= M; m += LANES)
    encode_points(level, dims, dense, features, LANES, x + m, ldx, out + m, ldout);
  if (m < M) encode_points(level, dims, dense, features, M - m, x + m, ldx, out + m, ldout);
}

static void grid_encode(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx, float *out,
                        size_t ldout) {
  for (uint32_t l = 0; l < grid->levels; l++) {
    const ck_grid_level *level = &grid->level[l];
    float *to = out + 2 * (size_t)l * ldout;
    if (grid->dims == 2 && level->dense) encode_level(level, 2, 1, table, M, x, ldx, to, ldout);
    else if (grid->dims == 2) encode_level(level, 2, 0, table, M, x, ldx, to, ldout);
    else if (level->dense) encode_level(level, 3, 1, table, M, x, ldx, to, ldout);
    else encode_level(level, 3, 0, table, M, x, ldx, to, ldout);
  }
}

// Adds the pair of point i. Groups of four lanes of pairs[0] hold points 4 g and 4 g + 1, of pairs[1] the next two.
INLINE void add_pair(float *gradient, uint32_t entry, const vf pairs[2], size_t i) {
  pair_anywhere *to = (pair_anywhere *)(gradient + 2 * (size_t)entry);
  *to += *(const pair_anywhere *)((const float *)&pairs[i >> 1 & 1] + (i >> 2) * 4 + (i & 1) * 2);
}

// gradient[entry[i]] += weight[i] * dy[.][i] for the first `count` points i.
INLINE void scatter_pairs(float *gradient, vu entry, vf weight, const vf dy[2], size_t count) {
  vf first = weight * dy[0], second = weight * dy[1];
  const vf pairs[2] = {__builtin_shufflevector(first, second, GROUPS(0, LANES + 0, 1, LANES + 1)),
                       __builtin_shufflevector(first, second, GROUPS(2, LANES + 2, 3, LANES + 3))};
  uint32_t entries[LANES] __attribute__((aligned(4 * LANES)));
  *(vu *)entries = entry;
  if (count < LANES)
    for (size_t i = 0; i < count; i++) add_pair(gradient, entries[i], pairs, i);
  else
    UNROLL for (size_t i = 0; i < LANES; i++) add_pair(gradient, entries[i], pairs, i);
}

INLINE void scatter_points(const ck_grid_level *level, uint32_t dims, int dense, size_t count, const float *x,
                           size_t ldx, const float *dout, size_t lddout, float *gradient) {
  cells c = locate(level, dims, dense, x, ldx, count);
  vf dy[2];
  UNROLL for (int f = 0; f < 2; f++)
    dy[f] = count < LANES ? load_part(dout + f * lddout, count) : load(dout + f * lddout);
  UNROLL for (uint32_t corner = 0; corner < 1u << dims; corner++)
    scatter_pairs(gradient, corner_entry(&c, level, dims, dense, corner), corner_weight(&c, dims, corner, dims), dy,
                  count);
}

INLINE void scatter_level(const ck_grid_level *level, uint32_t dims, int dense, size_t M, const float *x, size_t ldx,
                          const float *dout, size_t lddout, float *dtable) {
  float *gradient = dtable + 2 * (size_t)level->offset;
  size_t m = 0;
  for (; m + LANES <= M; m += LANES)
    scatter_points(level, dims, dense, LANES, x + m, ldx, dout + m, lddout, gradient);
  if (m < M) scatter_points(level, dims, dense, M - m, x + m, ldx, dout + m, lddout, gradient);
}

static void grid_scatter(const ck_grid *grid, size_t M, const float *x, size_t ldx, const float *dout, size_t lddout,
                         float *dtable) {
  for (uint32_t l = 0; l < grid->levels; l++) {
    const ck_grid_level *level = &grid->level[l];
    const float *dy = dout + 2 * (size_t)l * lddout;
    if (grid->dims == 2 && level->dense) scatter_level(level, 2, 1, M, x, ldx, dy, lddout, dtable);
    else if (grid->dims == 2) scatter_level(level, 2, 0, M, x, ldx, dy, lddout, dtable);
    else if (level->dense) scatter_level(level, 3, 1, M, x, ldx, dy, lddout, dtable);
    else scatter_level(level, 3, 0, M, x, ldx, dy, lddout, dtable);
  }
}

INLINE void slope_points(const ck_grid_level *level, uint32_t dims, int dense, const float *features, size_t count,
                         const float *x, size_t ldx, const float *dout, size_t lddout, float *dx, size_t lddx) {
  cells c = locate(level, dims, dense, x, ldx, count);
  vf dy[2], slope[3] = {{0}, {0}, {0}};
  UNROLL for (int f = 0; f < 2; f++)
    dy[f] = count < LANES ? load_part(dout + f * lddout, count) : load(dout + f * lddout);
  UNROLL for (uint32_t corner = 0; corner < 1u << dims; corner++) {
    vf feature[2];
    gather_pairs(features, corner_entry(&c, level, dims, dense, corner), &feature[0], &feature[1]);
    vf along = feature[0] * dy[0] + feature[1] * dy[1];
    UNROLL for (uint32_t d = 0; d < dims; d++) {
      vf weight = corner_weight(&c, dims, corner, d);
      if (corner >> d & 1) slope[d] += weight * along;
      else slope[d] -= weight * along;
    }
  }
  UNROLL for (uint32_t d = 0; d < dims; d++) {
    float *to = dx + d * lddx;
    vf sum = count < LANES ? load_part(to, count) : load(to);
    sum += slope[d] * (float)level->resolution;
    if (count < LANES) store_part(to, sum, count);
    else store(to, sum);
  }
}

INLINE void slope_level(const ck_grid_level *level, uint32_t dims, int dense, const float *table, size_t M,
                        const float *x, size_t ldx, const float *dout, size_t lddout, float *dx, size_t lddx) {
  const float *features = table + 2 * (size_t)level->offset;
  size_t m = 0;
  for (; m + LANES <= M; m += LANES)
    slope_points(level, dims, dense, features, LANES, x + m, ldx, dout + m, lddout, dx + m, lddx);
  if (m < M) slope_points(level, dims, dense, features, M - m, x + m, ldx, dout + m, lddout, dx + m, lddx);
}

static void grid_slope(const ck_grid *grid, const float *table, size_t M, const float *x, size_t ldx,
                       const float *dout, size_t lddout, float *dx, size_t lddx) {
  for (uint32_t d = 0; d < grid->dims; d++)
    for (size_t m = 0; m < M; m++) dx[d * lddx + m] = 0;
  for (uint32_t l = 0; l < grid->levels; l++) {
    const ck_grid_level *level = &grid->level[l];
    const float *dy = dout + 2 * (size_t)l * lddout;
    if (grid->dims == 2 && level->dense) slope_level(level, 2, 1, table, M, x, ldx, dy, lddout, dx, lddx);
    else if (grid->dims == 2) slope_level(level, 2, 0, table, M, x, ldx, dy, lddout, dx, lddx);
    else if (level->dense) slope_level(level, 3, 1, table, M, x, ldx, dy, lddout, dx, lddx);
    else slope_level(level, 3, 0, table, M, x, ldx, dy, lddout, dx, lddx);
  }
}

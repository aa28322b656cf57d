// Edits: places in the texture are worked out for a vector of pixels, colours a pixel at a time, R, G and B at once.

typedef int32_t quad_int __attribute__((vector_size(16)));
typedef uint16_t quad_short __attribute__((vector_size(8), aligned(2), may_alias));

// A place in [-1, 1] in units of texels from the centre of the first one; NaN gives 0.
INLINE vf texel_place(vf value, uint32_t texels) {
  vf place = (value * 0.5f + 0.5f) * (float)texels - 0.5f;
  place = choose(place > 0, place, spread(0));
  return choose(place < (float)(texels - 1), place, spread((float)(texels - 1)));
}

INLINE quad load_quad(const float *p) { return *(const quad_anywhere *)p; }

// `count` pixels, at most LANES.
INLINE void gather_pixels(size_t count, const ck_texture *texture, const float *u, const float *v, const uint16_t *w,
                          float unit, float *sum) {
  vf x = texel_place(count < LANES ? load_part(u, count) : load(u), texture->width);
  vf y = texel_place(count < LANES ? load_part(v, count) : load(v), texture->height);
  vi left = __builtin_convertvector(x, vi), top = __builtin_convertvector(y, vi);
  vf across = x - __builtin_convertvector(left, vf), along = y - __builtin_convertvector(top, vf);
  const size_t width = texture->width, height = texture->height;
  for (size_t i = 0; i < count; i++) {
    const size_t column = (size_t)left[i], row = (size_t)top[i];
    const float *texel = texture->texels + 4 * (row * width + column);
    const size_t right = column + 1 < width ? 4 : 0, down = row + 1 < height ? 4 * width : 0;
    quad upper = load_quad(texel), lower = load_quad(texel + down);
    upper += (load_quad(texel + right) - upper) * across[i];
    lower += (load_quad(texel + down + right) - lower) * across[i];
    upper += (lower - upper) * along[i];
    quad weight = __builtin_convertvector(*(const quad_short *)(w + 4 * i), quad);
    *(quad_anywhere *)(sum + 4 * i) += upper * weight * (weight[3] * unit);
  }
}

static void edit_gather(size_t M, const ck_texture *texture, const float *u, const float *v, const uint16_t *w,
                        float unit, float *sum) {
  size_t m = 0;
  for (; m + LANES <= M; m += LANES) gather_pixels(LANES, texture, u + m, v + m, w + 4 * m, unit, sum + 4 * m);
  if (m < M) gather_pixels(M - m, texture, u + m, v + m, w + 4 * m, unit, sum + 4 * m);
}

static void edit_apply(size_t M, const float *sum, const uint16_t *source, uint16_t *out) {
  const quad most = {65535, 65535, 65535, 65535};
  for (size_t m = 0; m < M; m++) {
    quad value = {source[3 * m], source[3 * m + 1], source[3 * m + 2], 0};
    value += 65535 * load_quad(sum + 4 * m);
    value = (quad)((value > 0) & (quad_int)value);
    quad_int low = value < most;
    value = (quad)((low & (quad_int)value) | (~low & (quad_int)most));
    quad_int rounded = __builtin_convertvector(value + 0.5f, quad_int);
    for (int c = 0; c < 3; c++) out[3 * m + c] = (uint16_t)rounded[c];
  }
}

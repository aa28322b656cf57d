// tanh, (tanh + 1) / 2 and softplus through exp of a number that is not positive, so that nothing overflows.

// exp(a) for a <= 0, relative error below 2e-7; exp(-87) below -87. NaN for NaN.
INLINE vf exp_nonpositive(vf a) {
  a = choose(a < -87, spread(-87), a);
  // a = n ln 2 + r with |r| <= ln(2) / 2. Adding 1.5 * 2^23 rounds to the integer n and leaves it in the low bits.
  const float round = 12582912.0f;
  vf rounded = a * 1.44269504f + round;
  vf n = rounded - round;
  // ln 2 in two parts; the first has so few bits that its product with n is exact.
  vf r = a - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  // The Taylor series to the seventh power: the rest is below 6e-9.
  vf e = r * (1.0f / 5040) + 1.0f / 720;
  e = e * r + 1.0f / 120;
  e = e * r + 1.0f / 24;
  e = e * r + 1.0f / 6;
  e = e * r + 0.5f;
  e = e * r + 1;
  e = e * r + 1;
  // 2^n, built from the bits of n. A product, so that a NaN in e stays one.
  return e * (vf)(((vu)rounded << 23) + (127u << 23));
}

INLINE vf magnitude(vf x) { return (vf)((vi)x & 0x7fffffff); }

INLINE vf tanh_vector(vf x) {
  vf t = exp_nonpositive(-2 * magnitude(x));
  vf y = (1 - t) / (1 + t);
  return (vf)((vi)y | ((vi)x & INT32_MIN));
}

INLINE vf sigmoid2_vector(vf x) {
  vf t = exp_nonpositive(-2 * magnitude(x));
  return choose(x < 0, t, spread(1)) / (1 + t);
}

// max(x, 0) + log(1 + t), t = exp(-|x|), with log(1 + t) = 2 atanh(s), s = t / (2 + t) <= 1/3, and atanh as the
// series s (1 + s^2 / 3 + s^4 / 5 + ...) to s^15: the rest is below 6e-10.
INLINE vf softplus_vector(vf x) {
  vf t = exp_nonpositive(-magnitude(x));
  vf s = t / (2 + t), square = s * s;
  vf series = square * (1.0f / 15) + 1.0f / 13;
  series = series * square + 1.0f / 11;
  series = series * square + 1.0f / 9;
  series = series * square + 1.0f / 7;
  series = series * square + 1.0f / 5;
  series = series * square + 1.0f / 3;
  series = series * square + 1;
  return choose(x < 0, spread(0), x) + 2 * s * series;
}

#define APPLY(function)                                                               \
  size_t i = 0;                                                                       \
  for (; i + LANES <= n; i += LANES) store(y + i, function(load(x + i)));             \
  if (i < n) store_part(y + i, function(load_part(x + i, n - i)), n - i);

static void tanh_array(size_t n, const float *x, float *y) { APPLY(tanh_vector) }
static void sigmoid2_array(size_t n, const float *x, float *y) { APPLY(sigmoid2_vector) }
static void softplus_array(size_t n, const float *x, float *y) { APPLY(softplus_vector) }

// Correlation in a window around a place. All R x R samples of a point share the fractions of its place, so the products
// with the (R + 1) x (R + 1) pixels below them are worked out once, and each sample is a fixed mean of four of them.

#define WINDOW (2 * CK_MAX_RADIUS + 2)
// A column of products, with room for loads of whole vectors beyond its end.
#define COLUMN (WINDOW + 2 * LANES)

// products[i * COLUMN] = <from, pixel i of the row that starts at `row`>, i in 0 ... count - 1.
INLINE void window_row(size_t C, const float *from, const float *row, size_t count, float *products) {
  for (size_t i = 0; i < count; i += 4) {
    // The last group repeats its last pixel.
    const float *pixel[4];
    for (size_t k = 0; k < 4; k++) pixel[k] = row + (i + k < count ? i + k : count - 1) * C;
    vf sum[4] = {{0}};
    size_t c = 0;
    for (; c + LANES <= C; c += LANES) {
      vf f = load(from + c);
      UNROLL for (size_t k = 0; k < 4; k++) sum[k] += f * load(pixel[k] + c);
    }
    if (c < C) {
      vf f = load_part(from + c, C - c);
      UNROLL for (size_t k = 0; k < 4; k++) sum[k] += f * load_part(pixel[k] + c, C - c);
    }
    quad four = sum_four(sum[0], sum[1], sum[2], sum[3]);
    for (size_t k = 0; k < 4 && i + k < count; k++) products[(i + k) * COLUMN] = four[k];
  }
}

// Writes the side x side samples whose products are window[x][y], x the column.
INLINE void window_samples(const float window[WINDOW][COLUMN], float fx, float fy, float scale, size_t side,
                           float *out) {
  const float both = scale * fx * fy, right = scale * fx - both, below = scale * fy - both,
              here = scale - scale * fx - below;
  for (size_t a = 0; a < side; a++, out += side)
    for (size_t b = 0; b < side; b += LANES) {
      const float *left = window[a] + b, *next = window[a + 1] + b;
      vf value = here * load(left) + below * load(left + 1) + right * load(next) + both * load(next + 1);
      if (side - b < LANES) store_part(out + b, value, side - b);
      else store(out + b, value);
    }
}

static void correlate(size_t M, size_t C, const float *from, size_t height, size_t width, const float *to,
                      const float *centre, float scale, size_t radius, float *out, size_t ldout) {
  const size_t side = 2 * radius + 1;
  const float reach = (float)radius + 1;
  const long rows = (long)height, columns = (long)width;
  for (size_t m = 0; m < M; m++, from += C, out += ldout) {
    float window[WINDOW][COLUMN] = {{0}};
    const float x = centre[2 * m], y = centre[2 * m + 1];
    if (x > -reach && y > -reach && x < (float)width + reach && y < (float)height + reach) {
      // Truncation is the floor of a number that is not negative.
      const long left = (long)(x + reach) - (long)reach, top = (long)(y + reach) - (long)reach;
      const long begin = left - (long)radius < 0 ? 0 : left - (long)radius;
      const long end = left + (long)radius + 2 > columns ? columns : left + (long)radius + 2;
      for (long row = 0; row < (long)side + 1; row++) {
        const long line = top - (long)radius + row;
        if (line < 0 || line >= rows || begin >= end) continue;
        window_row(C, from, to + (size_t)(line * columns + begin) * C, (size_t)(end - begin),
                   &window[begin - left + (long)radius][row]);
      }
      window_samples(window, x - (float)left, y - (float)top, scale, side, out);
    } else {
      for (size_t i = 0; i < side * side; i++) out[i] = 0;
    }
  }
}

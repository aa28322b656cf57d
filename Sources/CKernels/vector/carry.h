// Carrying soft values along a flow. Squared distances of bytes are whole numbers, so the colour's factor is looked up;
// beyond the table it is below 1e-7. A window's rows are worked out one after the other, each in the order of its pixels.

#include <math.h>

#define CARRY_SIDE (2 * CK_MAX_RADIUS + 1)
// Squared distances up to 32 squared deviations: exp(-16) = 1.1e-7.
#define CARRY_TABLE 32768

// The factors of a window's places, row by row; returns their sum.
static float carry_places(const ck_carry *how, float *places) {
  const long radius = (long)how->radius;
  float whole = 0;
  for (long y = -radius; y <= radius; y++)
    for (long x = -radius; x <= radius; x++) {
      float factor = expf(-(float)(x * x + y * y) / (2 * how->reach * how->reach));
      *places++ = factor;
      whole += factor;
    }
  return whole;
}

static void carry(size_t height, size_t width, const uint8_t *to, const uint8_t *from, const float *value,
                  const float *flow, const ck_carry *how, float *mean, float *trust) {
  const long radius = (long)how->radius, side = 2 * radius + 1, rows = (long)height, columns = (long)width;
  float places[CARRY_SIDE * CARRY_SIDE], likeness[CARRY_TABLE];
  const float whole = carry_places(how, places), scale = 2 * how->likeness * how->likeness;
  const long most = 16 * scale < CARRY_TABLE ? (long)(16 * scale) : CARRY_TABLE;
  for (long d = 0; d < most; d++) likeness[d] = expf(-(float)d / scale);
  for (long p = 0; p < rows * columns; p++) {
    mean[p] = trust[p] = 0;
    const float x = (float)(p % columns) + flow[2 * p], y = (float)(p / columns) + flow[2 * p + 1];
    if (!(x > -0.5f && y > -0.5f && x < (float)columns - 0.5f && y < (float)rows - 0.5f)) continue;
    const long column = (long)(x + 0.5f), row = (long)(y + 0.5f);
    const int l = to[3 * p], a = to[3 * p + 1], b = to[3 * p + 2];
    const long left = column < radius ? 0 : column - radius;
    const long right = column + radius < columns ? column + radius : columns - 1;
    const long top = row < radius ? 0 : row - radius, bottom = row + radius < rows ? row + radius : rows - 1;
    float sum = 0, weights = 0;
    for (long v = top; v <= bottom; v++) {
      const float *place = places + (v - row + radius) * side;
      const uint8_t *other = from + 3 * v * columns;
      for (long u = left; u <= right; u++) {
        const int dl = other[3 * u] - l, da = other[3 * u + 1] - a, db = other[3 * u + 2] - b;
        const long distance = dl * dl + 4 * (da * da + db * db);
        if (distance >= most) continue;
        const float weight = likeness[distance] * place[u - column + radius];
        sum += weight * value[v * columns + u];
        weights += weight;
      }
    }
    mean[p] = weights > 1e-6f ? sum / weights : 0;
    trust[p] = weights / whole;
  }
}

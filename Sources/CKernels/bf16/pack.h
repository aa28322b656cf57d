// Between 32-bit matrices and tiles. Every tile is written whole: what a matrix lacks is zero.

// A row-major matrix of which only `rows` x `columns` may be read.
typedef struct {
  const float *at;
  size_t rows, columns, stride;
} matrix;

INLINE __mmask16 first_lanes(size_t count) { return count < 16 ? (__mmask16)((1u << count) - 1) : 0xffff; }

// Columns c ... c + 15 of row r.
INLINE __m512 read16(const matrix *s, size_t r, size_t c) {
  if (r >= s->rows || c >= s->columns) return _mm512_setzero_ps();
  return _mm512_maskz_loadu_ps(first_lanes(s->columns - c), s->at + r * s->stride + c);
}

// 32 numbers rounded to bf16: `low` first.
INLINE __m512i round32(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

// The nearest bf16 as a 32-bit number.
INLINE float high_part(float value) {
  return _mm_cvtss_f32((__m128)_mm_slli_epi32((__m128i)_mm_cvtneps_pbh(_mm_set_ss(value)), 16));
}

// The numbers of a and b by turns, from the first 16 and from the last 16 of each.
INLINE __m512i pair_low(__m512i a, __m512i b) {
  const __m512i order = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37,
                                         5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
  return _mm512_permutex2var_epi16(a, order, b);
}
INLINE __m512i pair_high(__m512i a, __m512i b) {
  const __m512i order = _mm512_set_epi16(63, 31, 62, 30, 61, 29, 60, 28, 59, 27, 58, 26, 57, 25, 56, 24, 55, 23, 54, 22,
                                         53, 21, 52, 20, 51, 19, 50, 18, 49, 17, 48, 16);
  return _mm512_permutex2var_epi16(a, order, b);
}

// The transpose of a 16 x 16 matrix of 32-bit numbers, stored as the 16 rows of a tile.
INLINE void store_transposed(const __m512i row[16], bf16 *tile) {
  __m512i two[16], four[16];
  UNROLL for (int i = 0; i < 16; i += 2) {
    two[i] = _mm512_unpacklo_epi32(row[i], row[i + 1]);
    two[i + 1] = _mm512_unpackhi_epi32(row[i], row[i + 1]);
  }
  UNROLL for (int i = 0; i < 16; i += 4) {
    four[i] = _mm512_unpacklo_epi64(two[i], two[i + 2]);
    four[i + 1] = _mm512_unpackhi_epi64(two[i], two[i + 2]);
    four[i + 2] = _mm512_unpacklo_epi64(two[i + 1], two[i + 3]);
    four[i + 3] = _mm512_unpackhi_epi64(two[i + 1], two[i + 3]);
  }
  UNROLL for (int j = 0; j < 4; j++) {
    __m512i a = _mm512_shuffle_i32x4(four[j], four[4 + j], 0x88);
    __m512i b = _mm512_shuffle_i32x4(four[j], four[4 + j], 0xdd);
    __m512i c = _mm512_shuffle_i32x4(four[8 + j], four[12 + j], 0x88);
    __m512i d = _mm512_shuffle_i32x4(four[8 + j], four[12 + j], 0xdd);
    _mm512_store_si512(tile + j * 32, _mm512_shuffle_i32x4(a, c, 0x88));
    _mm512_store_si512(tile + (4 + j) * 32, _mm512_shuffle_i32x4(b, d, 0x88));
    _mm512_store_si512(tile + (8 + j) * 32, _mm512_shuffle_i32x4(a, c, 0xdd));
    _mm512_store_si512(tile + (12 + j) * 32, _mm512_shuffle_i32x4(b, d, 0xdd));
  }
}

// The transpose of s as pair tiles: rows the columns of s, in `column_blocks` blocks of 32; columns the rows of s, in
// `row_tiles` tiles of 16.
static void pack_pairs(const matrix *s, size_t row_tiles, size_t column_blocks, bf16 *out) {
  for (size_t t = 0; t < row_tiles; t++)
    for (size_t b = 0; b < column_blocks; b++) {
      __m512i row[16];
      for (size_t i = 0; i < 16; i++)
        row[i] = round32(read16(s, t * 16 + i, b * 32), read16(s, t * 16 + i, b * 32 + 16));
      store_transposed(row, out + (t * column_blocks + b) * TILE);
    }
}

// The transpose of s as row tiles: rows the columns of s, in `column_tiles` tiles of 16; columns the rows of s, in
// `row_blocks` blocks of 32.
static void pack_rows(const matrix *s, size_t column_tiles, size_t row_blocks, bf16 *out) {
  for (size_t t = 0; t < column_tiles; t++)
    for (size_t b = 0; b < row_blocks; b++) {
      __m512i row[16];
      for (size_t i = 0; i < 16; i++) {
        __m512i even = round32(read16(s, b * 32 + 2 * i, t * 16), _mm512_setzero_ps());
        __m512i odd = round32(read16(s, b * 32 + 2 * i + 1, t * 16), _mm512_setzero_ps());
        row[i] = pair_low(even, odd);
      }
      store_transposed(row, out + (t * row_blocks + b) * TILE);
    }
}

// Rows r and r + 1 of a block of 32 x 32 numbers, rounded: `rows` and `pairs` are the block's first tiles, row_step and
// pair_step the way to the next row tile and the next column of pair tiles.
typedef struct {
  bf16 *rows, *pairs;
  size_t row_step, pair_step;
} block_tiles;

INLINE void store_two_rows(const block_tiles *to, size_t r, __m512i first, __m512i second) {
  bf16 *rows = to->rows + r / 16 * to->row_step + r % 16 * 32, *pairs = to->pairs + r / 2 * 32;
  _mm512_store_si512(rows, first);
  _mm512_store_si512(rows + 32, second);
  _mm512_store_si512(pairs, pair_low(first, second));
  _mm512_store_si512(pairs + to->pair_step, pair_high(first, second));
}

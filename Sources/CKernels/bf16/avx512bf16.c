// Products by vdpbf16ps: sixteen sums of two products an instruction. Fast on AMD's processors from Zen 4 on.
#if defined(__x86_64__)
#include "plan.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma")))
#pragma clang attribute push(TARGET, apply_to = function)
#include "pack.h"

// `rows` rows of one row tile, held in registers while the whole depth is summed.
INLINE void rows_product(size_t rows, size_t vectors, float *c, size_t ldc, const float *start, size_t ldstart,
                         const bf16 *a, const bf16 *b, size_t b_step, size_t pairs) {
  __m512 sum[16][2];
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = _mm512_loadu_ps(start + r * ldstart + v * 16);
  for (; pairs > 0; a += TILE, b += TILE) {
    const size_t here = pairs < 16 ? pairs : 16;
    pairs -= here;
    for (size_t i = 0; i < here; i++) {
      __m512bh x[2];
      UNROLL for (size_t v = 0; v < vectors; v++) x[v] = (__m512bh)_mm512_load_si512(b + v * b_step + i * 32);
      UNROLL for (size_t r = 0; r < rows; r++) {
        int pair;
        memcpy(&pair, a + r * 32 + i * 2, sizeof pair);
        __m512bh w = (__m512bh)_mm512_set1_epi32(pair);
        UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = _mm512_dpbf16_ps(sum[r][v], w, x[v]);
      }
    }
  }
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) _mm512_storeu_ps(c + r * ldc + v * 16, sum[r][v]);
}

INLINE void block_product(int row_tiles, int column_tiles, float *c, size_t ldc, const float *start, size_t ldstart,
                          const bf16 *a, size_t a_step, const bf16 *b, size_t b_step, size_t pairs) {
  const size_t vectors = (size_t)column_tiles, rows = column_tiles == 2 ? 8 : 16;
  for (size_t r = 0; r < 16 * (size_t)row_tiles; r += rows)
    rows_product(rows, vectors, c + r * ldc, ldc, start + r * ldstart, ldstart, a + r / 16 * a_step + r % 16 * 32, b,
                 b_step, pairs);
}

INLINE void begin_products(void) {}
INLINE void end_products(void) {}

#include "mlp.h"
#pragma clang attribute pop

const ck_mlp_bf16 ck_avx512bf16_mlp = {workspace_size, mlp_forward, mlp_backward};
#endif

// x86-64 with AVX2 and FMA: vectors of eight, 16 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define SUM_ROWS 3

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "../vector/vector.h"

// The first `count` lanes (1 ... LANES) switched on.
INLINE __m256i first_lanes(size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE vf load_part(const float *p, size_t count) { return _mm256_maskload_ps(p, first_lanes(count)); }
INLINE void store_part(float *p, vf v, size_t count) { _mm256_maskstore_ps(p, first_lanes(count), v); }

#include "../vector/gather.h"
#include "../vector/table.h"
#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = KERNEL_TABLE("avx2");
#endif

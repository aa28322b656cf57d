// x86-64 with AVX-512 (F, VL, DQ, BW): vectors of sixteen, 32 registers, masks.
#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define SUM_ROWS 4

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#include "../vector/vector.h"

// The first `count` lanes (1 ... LANES) switched on.
INLINE __mmask16 first_lanes(size_t count) { return (__mmask16)((1u << count) - 1); }
INLINE vf load_part(const float *p, size_t count) { return _mm512_maskz_loadu_ps(first_lanes(count), p); }
INLINE void store_part(float *p, vf v, size_t count) { _mm512_mask_storeu_ps(p, first_lanes(count), v); }

#include "../vector/gather.h"
#include "../vector/table.h"
#pragma clang attribute pop

const ck_kernels ck_avx512_kernels = KERNEL_TABLE("avx512");
#endif

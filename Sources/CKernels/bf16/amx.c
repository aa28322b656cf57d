// Products by AMX: tiles of 16 x 32 times 32 x 16 an instruction. Everything else is AVX-512 as in avx512bf16.c.
#if defined(__x86_64__)
#include "plan.h"
#include <cpuid.h>
#include <immintrin.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define TARGET \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma")))
#pragma clang attribute push(TARGET, apply_to = function)
#include "pack.h"

// Tiles 0 ... 3 are the sums, 4 and 5 rows of a, 6 and 7 columns of b.
INLINE void block_product(int row_tiles, int column_tiles, float *c, size_t ldc, const float *start, size_t ldstart,
                          const bf16 *a, size_t a_step, const bf16 *b, size_t b_step, size_t pairs) {
  const size_t from = ldstart * sizeof(float), to = ldc * sizeof(float);
  _tile_loadd(0, start, from);
  if (column_tiles == 2) _tile_loadd(1, start + 16, from);
  if (row_tiles == 2) _tile_loadd(2, start + 16 * ldstart, from);
  if (row_tiles == 2 && column_tiles == 2) _tile_loadd(3, start + 16 * ldstart + 16, from);
  for (size_t d = 0; d < pairs; d += 16, a += TILE, b += TILE) {
    _tile_loadd(4, a, 64);
    _tile_loadd(6, b, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (column_tiles == 2) {
      _tile_loadd(7, b + b_step, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (row_tiles == 2) {
      _tile_loadd(5, a + a_step, 64);
      _tile_dpbf16ps(2, 5, 6);
      if (column_tiles == 2) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, c, to);
  if (column_tiles == 2) _tile_stored(1, c + 16, to);
  if (row_tiles == 2) _tile_stored(2, c + 16 * ldc, to);
  if (row_tiles == 2 && column_tiles == 2) _tile_stored(3, c + 16 * ldc + 16, to);
}

// Palette 1, eight tiles of 16 rows of 64 bytes.
INLINE void begin_products(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } __attribute__((aligned(64))) config = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    config.bytes[i] = 64;
    config.rows[i] = 16;
  }
  _tile_loadconfig(&config);
}

INLINE void end_products(void) { _tile_release(); }

#include "mlp.h"
#pragma clang attribute pop

const ck_mlp_bf16 ck_amx_mlp = {workspace_size, mlp_forward, mlp_backward};

// Leaf 7 tells of AMX-BF16 (bit 22) and AMX-TILE (bit 24); leaf 0x1d, which describes the palettes, reads as zero on
// some virtual machines whose AMX works.
int ck_amx_permitted(void) {
#if defined(__linux__)
  enum { requestPermission = 0x1023, tileData = 18 };  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d >> 22 & 1) || !(d >> 24 & 1)) return 0;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
  return 0;
#endif
}
#endif

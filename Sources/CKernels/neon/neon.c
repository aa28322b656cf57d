// AArch64: vectors of four with fused multiply-add, 32 registers.
#if defined(__aarch64__)
#define LANES 4
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define SUM_ROWS 4
#include "../vector/vector.h"
#include "../vector/part.h"
#include "../vector/gather.h"
#include "../vector/table.h"

const ck_kernels ck_neon_kernels = KERNEL_TABLE("neon");
#endif

// Vectors of four for whatever the compiler's baseline is: SSE2 on x86-64, scalars where there are no vectors at all.
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define SUM_ROWS 2
#include "../vector/vector.h"
#include "../vector/part.h"
#include "../vector/gather.h"
#include "../vector/table.h"

const ck_kernels ck_portable_kernels = KERNEL_TABLE("portable");

// What the folders of this target share: the table that each of them fills.
#pragma once
#include "ckernels.h"

extern const ck_kernels ck_reference_kernels;
extern const ck_kernels ck_portable_kernels;
extern const ck_kernels ck_avx2_kernels;
extern const ck_kernels ck_avx512_kernels;
extern const ck_kernels ck_neon_kernels;

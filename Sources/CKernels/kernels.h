// What the folders of this target share: the table that each of them fills.
#pragma once
#include "ckernels.h"

extern const ck_kernels ck_reference_kernels;
extern const ck_kernels ck_portable_kernels;
extern const ck_kernels ck_avx2_kernels;
extern const ck_kernels ck_avx512_kernels;
extern const ck_kernels ck_neon_kernels;

// The perceptron with bf16 products: its definition, and what the sets "avx512bf16" and "amx" add to avx512.
extern const ck_mlp_bf16 ck_reference_mlp_bf16;
extern const ck_mlp_bf16 ck_avx512bf16_mlp;
extern const ck_mlp_bf16 ck_amx_mlp;

// 1 where the processor has AMX with bf16 and the system lets this process use it. Asks the system for the permission.
int ck_amx_permitted(void);

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

// The random bits of stochastic rounding: a hash of a counter (Wellons' "lowbias32"). The low half decides about the
// weight, the high half about the second moment. Works on numbers and on vectors of them.
#define CK_SCRAMBLE(x)  \
  x ^= x >> 16;         \
  x *= 0x7feb352du;     \
  x ^= x >> 15;         \
  x *= 0x846ca68bu;     \
  x ^= x >> 16;

// The definition of the hypernetwork's output layer.
void ck_reference_head_forward(size_t N, size_t K, const float *w, const float *b, const float *h, float *y);
void ck_reference_head_forward_bf16(size_t N, size_t K, const uint16_t *w, const float *b, const float *h, float *y);
void ck_reference_head_update(size_t N, size_t K, size_t V, float *w, float *m, float *v, const float *const *dy,
                              const float *h, float *dh, const ck_adam *adam);
void ck_reference_head_update_bf16(size_t N, size_t K, size_t V, uint16_t *w, uint16_t *m, uint16_t *v,
                                   const float *const *dy, const float *h, float *dh, const ck_adam *adam,
                                   uint32_t seed);

// Vectors of LANES floats (4, 8 or 16), the alphabet of the kernels in this folder.
//
// The kernels are written once, over the compiler's vector types, and compiled once for each instruction set: a set's
// file defines LANES and its tile sizes, turns on the set's instructions, includes the headers of this folder and
// supplies what the vector types cannot express (load_part, store_part, gather_pairs).
// A product added to a sum, a += b * c, becomes one fused instruction where the set has it.
#include "../kernels.h"

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef float vf_anywhere __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float quad __attribute__((vector_size(16)));
typedef float quad_anywhere __attribute__((vector_size(16), aligned(4), may_alias));
typedef float pair __attribute__((vector_size(8)));
typedef float pair_anywhere __attribute__((vector_size(8), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// The same selection a, b, c, d of four lanes within every group of four: the indices of __builtin_shufflevector.
// Lanes of the second operand count from LANES.
#define GROUP(g, a, b, c, d) 4 * g + a, 4 * g + b, 4 * g + c, 4 * g + d
#if LANES == 16
#define GROUPS(a, b, c, d) GROUP(0, a, b, c, d), GROUP(1, a, b, c, d), GROUP(2, a, b, c, d), GROUP(3, a, b, c, d)
#elif LANES == 8
#define GROUPS(a, b, c, d) GROUP(0, a, b, c, d), GROUP(1, a, b, c, d)
#else
#define GROUPS(a, b, c, d) GROUP(0, a, b, c, d)
#endif

INLINE vf load(const float *p) { return *(const vf_anywhere *)p; }
INLINE void store(float *p, vf v) { *(vf_anywhere *)p = v; }
INLINE vf spread(float value) { return value - (vf){0}; }
INLINE vf choose(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }

// The sums of the lanes of a, b, c and d, in this order.
INLINE quad sum_four(vf a, vf b, vf c, vf d) {
  vf ab = __builtin_shufflevector(a, b, GROUPS(0, LANES + 0, 1, LANES + 1)) +
          __builtin_shufflevector(a, b, GROUPS(2, LANES + 2, 3, LANES + 3));
  vf cd = __builtin_shufflevector(c, d, GROUPS(0, LANES + 0, 1, LANES + 1)) +
          __builtin_shufflevector(c, d, GROUPS(2, LANES + 2, 3, LANES + 3));
  vf abcd = __builtin_shufflevector(ab, cd, GROUPS(0, 1, LANES + 0, LANES + 1)) +
            __builtin_shufflevector(ab, cd, GROUPS(2, 3, LANES + 2, LANES + 3));
#if LANES == 16
  typedef float octet __attribute__((vector_size(32)));
  octet half = __builtin_shufflevector(abcd, abcd, 0, 1, 2, 3, 4, 5, 6, 7) +
               __builtin_shufflevector(abcd, abcd, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
#elif LANES == 8
  return __builtin_shufflevector(abcd, abcd, 0, 1, 2, 3) + __builtin_shufflevector(abcd, abcd, 4, 5, 6, 7);
#else
  return abcd;
#endif
}

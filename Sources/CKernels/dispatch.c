// The one place that chooses an instruction set.
#include "kernels.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const ck_kernels *available[5];
static size_t availableCount;
static const ck_kernels *active;
static const char *ignored;

#if defined(__x86_64__)
static ck_kernels amx, avx512bf16;

// The kernels of avx512 with a perceptron of bf16 products.
static const ck_kernels *extend(ck_kernels *set, const char *name, const ck_mlp_bf16 *mlp) {
  *set = ck_avx512_kernels;
  set->name = name;
  set->mlp_bf16 = mlp;
  return set;
}

// avx512bf16 comes first only where its products were measured to be faster than 32-bit ones: on AMD's processors.
static void findAVX512Sets(void) {
  int bf16 = __builtin_cpu_supports("avx512bf16"), fast = __builtin_cpu_is("amd");
  if (bf16 && ck_amx_permitted()) available[availableCount++] = extend(&amx, "amx", &ck_amx_mlp);
  if (bf16) extend(&avx512bf16, "avx512bf16", &ck_avx512bf16_mlp);
  if (bf16 && fast) available[availableCount++] = &avx512bf16;
  available[availableCount++] = &ck_avx512_kernels;
  if (bf16 && !fast) available[availableCount++] = &avx512bf16;
}
#endif

// __builtin_cpu_supports asks the processor, and whether the operating system saves the registers of the set.
static void findSets(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    findAVX512Sets();
  if (avx2) available[availableCount++] = &ck_avx2_kernels;
#elif defined(__aarch64__)
  available[availableCount++] = &ck_neon_kernels;
#endif
  available[availableCount++] = &ck_portable_kernels;
}

static const ck_kernels *choose(const char *name) {
  for (size_t i = 0; name && i < availableCount; i++)
    if (strcmp(available[i]->name, name) == 0) return available[i];
  return available[0];
}

static void decide(void) {
  findSets();
  const char *request = getenv("HYPERNVD_ISA");
  active = choose(request);
  // A copy: the environment may change later.
  if (request && strcmp(active->name, request) != 0) ignored = strdup(request);
}

static void decideOnce(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, decide);
}

const ck_kernels *ck_reference(void) { return &ck_reference_kernels; }

const ck_kernels *ck_active(void) {
  decideOnce();
  return active;
}

size_t ck_available(const ck_kernels *const **list) {
  decideOnce();
  *list = available;
  return availableCount;
}

const ck_kernels *ck_select(const char *name) {
  decideOnce();
  return choose(name);
}

const char *ck_requested_isa_ignored(void) {
  decideOnce();
  return ignored;
}

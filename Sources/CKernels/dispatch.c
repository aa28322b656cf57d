// The one place that chooses an instruction set.
#include "kernels.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const ck_kernels *available[3];
static size_t availableCount;
static const ck_kernels *active;
static const char *ignored;

// __builtin_cpu_supports asks the processor, and whether the operating system saves the registers of the set.
static void findSets(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    available[availableCount++] = &ck_avx512_kernels;
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

// Adam: one pass over parameters, moments and gradients, which is limited by memory.

// One step on a vector of values with its moments.
INLINE void adam_vector(vf *value, vf *mean, vf *square, vf gradient, const ck_adam *adam) {
  *mean = adam->beta1 * *mean + (1 - adam->beta1) * gradient;
  *square = adam->beta2 * *square + (1 - adam->beta2) * gradient * gradient;
  *value -= adam->rate * adam->correction1 * *mean /
            (__builtin_elementwise_sqrt(*square) * adam->correction2 + adam->epsilon);
}

// The sum of the gradients of `lanes` values from i on, which are zeroed.
INLINE vf take_gradient(size_t i, size_t lanes, float *const *grads, size_t count) {
  vf gradient = {0};
  for (size_t g = 0; g < count; g++) {
    gradient += lanes < LANES ? load_part(grads[g] + i, lanes) : load(grads[g] + i);
    if (lanes < LANES) store_part(grads[g] + i, spread(0), lanes);
    else store(grads[g] + i, spread(0));
  }
  return gradient;
}

INLINE void adam_values(size_t i, size_t lanes, float *p, float *m, float *v, vf gradient, const ck_adam *adam) {
  vf mean = lanes < LANES ? load_part(m + i, lanes) : load(m + i);
  vf square = lanes < LANES ? load_part(v + i, lanes) : load(v + i);
  vf value = lanes < LANES ? load_part(p + i, lanes) : load(p + i);
  adam_vector(&value, &mean, &square, gradient, adam);
  if (lanes < LANES) {
    store_part(m + i, mean, lanes);
    store_part(v + i, square, lanes);
    store_part(p + i, value, lanes);
  } else {
    store(m + i, mean);
    store(v + i, square);
    store(p + i, value);
  }
}

// Up to CK_ADAM_BLOCK values from i on.
INLINE void adam_block(size_t i, size_t values, float *p, float *m, float *v, float *const *grads, size_t count,
                       const ck_adam *adam) {
  enum { VECTORS = CK_ADAM_BLOCK / LANES };
  vf gradient[VECTORS];
  vi touched = {0};
  UNROLL for (size_t k = 0; k < VECTORS; k++) {
    size_t lanes = values - k * LANES < LANES ? values - k * LANES : LANES;
    if (k * LANES >= values) break;
    gradient[k] = take_gradient(i + k * LANES, lanes, grads, count);
    touched |= (vi)gradient[k];
  }
  if (adam->sparse && !__builtin_reduce_or(touched)) return;
  UNROLL for (size_t k = 0; k < VECTORS; k++) {
    size_t lanes = values - k * LANES < LANES ? values - k * LANES : LANES;
    if (k * LANES >= values) break;
    adam_values(i + k * LANES, lanes, p, m, v, gradient[k], adam);
  }
}

INLINE void adam_all(size_t n, float *p, float *m, float *v, float *const *grads, size_t count, const ck_adam *adam) {
  const ck_adam a = *adam;
  size_t i = 0;
  for (; i + CK_ADAM_BLOCK <= n; i += CK_ADAM_BLOCK) adam_block(i, CK_ADAM_BLOCK, p, m, v, grads, count, &a);
  if (i < n) adam_block(i, n - i, p, m, v, grads, count, &a);
}

static void adam_step(size_t n, float *p, float *m, float *v, float *const *grads, size_t count, const ck_adam *adam) {
  if (count == 1) adam_all(n, p, m, v, (float *const[]){grads[0]}, 1, adam);
  else if (count == 2) adam_all(n, p, m, v, (float *const[]){grads[0], grads[1]}, 2, adam);
  else adam_all(n, p, m, v, grads, count, adam);
}

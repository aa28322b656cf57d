// Gates and state of a gated recurrent unit: sums of three parts, an activation, a mixture, in one pass.

INLINE vf sum_of(const float *a, const float *b, const float *c, size_t count) {
  return count < LANES ? load_part(a, count) + load_part(b, count) + load_part(c, count) : load(a) + load(b) + load(c);
}

INLINE void put(float *to, vf v, size_t count) {
  if (count < LANES) store_part(to, v, count);
  else store(to, v);
}

INLINE void gates_part(size_t H, const float *state, const float *input, const float *constant, const float *h,
                       float *update, float *reset_h, size_t count) {
  put(update, sigmoid2_vector(sum_of(state, input, constant, count) * 0.5f), count);
  vf reset = sigmoid2_vector(sum_of(state + H, input + H, constant + H, count) * 0.5f);
  put(reset_h, reset * (count < LANES ? load_part(h, count) : load(h)), count);
}

static void gru_gates(size_t M, size_t H, const float *state, const float *input, const float *constant, const float *h,
                      float *update, float *reset_h) {
  for (size_t m = 0; m < M; m++) {
    size_t i = 0;
    for (; i + LANES <= H; i += LANES)
      gates_part(H, state + i, input + i, constant + i, h + i, update + i, reset_h + i, LANES);
    if (i < H) gates_part(H, state + i, input + i, constant + i, h + i, update + i, reset_h + i, H - i);
    state += 2 * H, input += 3 * H, constant += 3 * H, h += H, update += H, reset_h += H;
  }
}

INLINE void update_part(const float *state, const float *input, const float *constant, const float *update, float *h,
                        size_t count) {
  vf candidate = tanh_vector(sum_of(state, input, constant, count));
  vf old = count < LANES ? load_part(h, count) : load(h);
  vf z = count < LANES ? load_part(update, count) : load(update);
  put(h, old + z * (candidate - old), count);
}

static void gru_update(size_t M, size_t H, const float *state, const float *input, const float *constant,
                       const float *update, float *h) {
  input += 2 * H, constant += 2 * H;
  for (size_t m = 0; m < M; m++) {
    size_t i = 0;
    for (; i + LANES <= H; i += LANES) update_part(state + i, input + i, constant + i, update + i, h + i, LANES);
    if (i < H) update_part(state + i, input + i, constant + i, update + i, h + i, H - i);
    state += H, input += 3 * H, constant += 3 * H, update += H, h += H;
  }
}

// Part of a vector, for sets without masked instructions.

// The first `count` lanes (1 ... LANES) from p, the others 0.
INLINE vf load_part(const float *p, size_t count) {
  vf v = {0};
  for (size_t i = 0; i < count; i++) v[i] = p[i];
  return v;
}

// Stores the first `count` lanes only.
INLINE void store_part(float *p, vf v, size_t count) {
  for (size_t i = 0; i < count; i++) p[i] = v[i];
}

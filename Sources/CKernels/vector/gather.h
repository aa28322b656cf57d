// Gathering by one load an entry: no slower than a gather instruction on many processors, and always there.

// feature0[i], feature1[i] = the two features of entry[i].
INLINE void gather_pairs(const float *table, vu entry, vf *feature0, vf *feature1) {
  vf even = {0}, odd = {0};  // a group of four lanes: entries 4 g, 4 g + 1; entries 4 g + 2, 4 g + 3
  UNROLL for (int g = 0; g < LANES; g += 4) {
    pair p[4];
    UNROLL for (int i = 0; i < 4; i++) p[i] = *(const pair_anywhere *)(table + 2 * (size_t)entry[g + i]);
    UNROLL for (int i = 0; i < 2; i++) {
      even[g + i] = p[0][i];
      even[g + 2 + i] = p[1][i];
      odd[g + i] = p[2][i];
      odd[g + 2 + i] = p[3][i];
    }
  }
  *feature0 = __builtin_shufflevector(even, odd, GROUPS(0, 2, LANES + 0, LANES + 2));
  *feature1 = __builtin_shufflevector(even, odd, GROUPS(1, 3, LANES + 1, LANES + 3));
}

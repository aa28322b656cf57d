// Sizes of a perceptron in tiles, and where everything lies in its workspace.
//
// A tile is 512 bf16 numbers, 1 KB, in one of two forms:
//   row tile   16 rows of 32 columns: rows[r][c];
//   pair tile  32 rows of 16 columns, with the two rows of a pair side by side: pairs[r / 2][c][r % 2].
// A product sums along the columns of row tiles and the rows of pair tiles. A matrix is a grid of tiles in which the
// tiles along the summed direction lie next to each other. Sizes are padded to multiples of 32 with zeros; an output of
// up to 16 features is padded to 16 where it is not summed over.
#pragma once
#include "../kernels.h"
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef uint16_t bf16;  // the bits of a number

enum { TILE = 512, BLOCK = 32, POINTS = 256 };

typedef struct {
  size_t inputs, outputs;              // real sizes; inputs of the first layer include the parts of a split input
  size_t input_blocks, output_blocks;  // in blocks of 32
  int narrow;                          // 1: the output is padded to one tile of 16
  bf16 *forward;                       // weights as pair tiles: rows inputs, columns outputs
  bf16 *backward;                      // transposed weights as row tiles: rows inputs, columns outputs
  float *bias;                         // padded
  float *weight_gradient;              // padded, row-major, input_blocks * 32 floats a row
  float *bias_gradient;                // 16 partial sums an output
} layer_plan;

// What forward keeps of a block of 256 points: offsets into the block's memory, in bytes.
typedef struct {
  size_t pairs[CK_MLP_LAYERS];  // input of a layer as pair tiles: rows points, columns features
  size_t gate[CK_MLP_LAYERS];   // where it is not 0: bit p % 16 of gate[p / 16][feature]; not for the first layer
  size_t size;
} kept_plan;

typedef struct {
  size_t layers;
  layer_plan layer[CK_MLP_LAYERS];
  kept_plan kept;
  unsigned char *blocks;
  // Used by one block after the other.
  bf16 *rows[2];         // activations as row tiles: rows points, columns features
  bf16 *gradient_rows;   // gradients as row tiles: rows features, columns points
  bf16 *gradient_pairs[2];  // gradients as pair tiles: rows features, columns points
  float *input;          // parts of a split input, feature-major, POINTS floats a row
  float *input_gradient;  // padded, feature-major, POINTS floats a row
  float *split_weights;  // (outputs, parts) of a split input's weights
  size_t size;
} plan;

static inline size_t blocks_of(size_t n) { return (n + BLOCK - 1) / BLOCK; }
static inline size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static inline int input_parts(const ck_mlp *mlp) { return mlp->split_input ? 3 : 1; }

// The next `bytes` of the workspace, on a 64-byte boundary; an offset where the workspace is NULL.
static inline void *take(plan *p, void *workspace, size_t bytes) {
  void *place = (unsigned char *)workspace + p->size;
  p->size += (bytes + 63) / 64 * 64;
  return place;
}

static plan make_plan(const ck_mlp *mlp, size_t capacity, void *workspace) {
  plan p = {.layers = mlp->layers};
  size_t widest = 1;
  for (size_t l = 0; l < p.layers; l++) {
    layer_plan *layer = &p.layer[l];
    layer->inputs = mlp->layer[l].inputs * (l == 0 ? (size_t)input_parts(mlp) : 1);
    layer->outputs = mlp->layer[l].outputs;
    layer->input_blocks = blocks_of(layer->inputs);
    layer->output_blocks = blocks_of(layer->outputs);
    layer->narrow = l + 1 == p.layers && layer->outputs <= BLOCK / 2;
    size_t area = layer->input_blocks * layer->output_blocks * BLOCK * BLOCK, outputs = layer->output_blocks * BLOCK;
    layer->forward = take(&p, workspace, area * sizeof(bf16));
    layer->backward = take(&p, workspace, area * sizeof(bf16));
    layer->bias = take(&p, workspace, outputs * sizeof(float));
    layer->weight_gradient = take(&p, workspace, area * sizeof(float));
    layer->bias_gradient = take(&p, workspace, outputs * 16 * sizeof(float));
    widest = larger(widest, larger(layer->input_blocks, layer->output_blocks));

    size_t inputs = layer->input_blocks * BLOCK;
    p.kept.pairs[l] = p.kept.size;
    p.kept.size += POINTS * inputs * sizeof(bf16);
    p.kept.gate[l] = p.kept.size;
    if (l > 0) p.kept.size += POINTS / 16 * inputs * sizeof(uint16_t);
  }
  size_t activations = POINTS * widest * BLOCK * sizeof(bf16);
  for (int i = 0; i < 2; i++) p.rows[i] = take(&p, workspace, activations);
  p.gradient_rows = take(&p, workspace, activations);
  for (int i = 0; i < 2; i++) p.gradient_pairs[i] = take(&p, workspace, activations);
  const layer_plan *first = &p.layer[0];
  p.input_gradient = take(&p, workspace, POINTS * first->input_blocks * BLOCK * sizeof(float));
  if (mlp->split_input) {
    p.input = take(&p, workspace, POINTS * first->inputs * sizeof(float));
    p.split_weights = take(&p, workspace, first->outputs * first->inputs * sizeof(float));
  }
  p.blocks = take(&p, workspace, (capacity + POINTS - 1) / POINTS * p.kept.size);
  return p;
}

static size_t workspace_size(const ck_mlp *mlp, size_t capacity) { return make_plan(mlp, capacity, NULL).size; }

// What the files of this target share.
#pragma once
#include "include/conednn.h"
#include "version.h"

struct conednn_layer {
  dnnl_primitive_desc_t plan;
  dnnl_primitive_t primitive;
  dnnl_memory_t weights, bias;  // as the primitive wants them; NULL where it has none
};

// The processor, or NULL with `status` set. The first call limits oneDNN to AVX-512 without its 16-bit and matrix
// instructions: some virtual machines announce those and then do not run them.
dnnl_engine_t conednn_processor(int *status);

// Everything that oneDNN does next on this thread stays on it.
void conednn_stay_on_thread(void);

// Options of a primitive: scratch memory is given at every run, so that threads can share the primitive.
int conednn_make_options(conednn_activation activation, dnnl_primitive_attr_t *options);

// The primitive of layer->plan.
int conednn_finish(conednn_layer *layer);

// Instance norm: batch norm over a batch of one picture, with the statistics of that picture.
#include "layer.h"
#include <stdlib.h>

int conednn_make_instance_norm(int height, int width, int channels, float epsilon, conednn_activation activation,
                               conednn_layer **result) {
  int status;
  dnnl_engine_t engine = conednn_processor(&status);
  if (status) return status;
  conednn_stay_on_thread();
  if (activation == CONEDNN_GELU) return dnnl_unimplemented;
  conednn_layer *layer = calloc(1, sizeof *layer);
  if (!layer) return dnnl_out_of_memory;
  const dnnl_dims_t sizes = {1, channels, height, width};
  const unsigned flags = activation == CONEDNN_RELU ? dnnl_fuse_norm_relu : dnnl_normalization_flags_none;
  description picture = {0};
  dnnl_primitive_attr_t options = NULL;
  status = describe(&picture, 4, sizes, dnnl_nhwc);
  if (!status) status = conednn_make_options(CONEDNN_IDENTITY, &options);
  if (!status) status = plan_norm(&layer->plan, engine, &picture, epsilon, flags, options);
  if (!status) status = conednn_finish(layer);
  if (options) dnnl_primitive_attr_destroy(options);
  forget(&picture);
  if (status) {
    conednn_free(layer);
    return status;
  }
  *result = layer;
  return 0;
}

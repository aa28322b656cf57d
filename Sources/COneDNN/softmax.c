// Softmax along rows: the weights of attention.
#include "layer.h"
#include <stdlib.h>

int conednn_make_softmax(int rows, int columns, conednn_layer **result) {
  int status;
  dnnl_engine_t engine = conednn_processor(&status);
  if (status) return status;
  conednn_stay_on_thread();
  conednn_layer *layer = calloc(1, sizeof *layer);
  if (!layer) return dnnl_out_of_memory;
  const dnnl_dims_t sizes = {rows, columns};
  description matrix = {0};
  dnnl_primitive_attr_t options = NULL;
  status = describe(&matrix, 2, sizes, dnnl_ab);
  if (!status) status = conednn_make_options(CONEDNN_IDENTITY, &options);
  if (!status) status = plan_softmax(&layer->plan, engine, &matrix, options);
  if (!status) status = conednn_finish(layer);
  if (options) dnnl_primitive_attr_destroy(options);
  forget(&matrix);
  if (status) {
    conednn_free(layer);
    return status;
  }
  *result = layer;
  return 0;
}

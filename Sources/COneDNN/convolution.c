// Convolutions with their weights brought into the layout that the chosen kernel wants.
#include "layer.h"
#include <stdlib.h>
#include <string.h>

// layer->weights: `weights`, which are described by `plain`, in the plan's layout.
static int bring_in_weights(conednn_layer *layer, dnnl_engine_t engine, const description *plain,
                            const float *weights) {
  dnnl_memory_t given = NULL;
  dnnl_primitive_desc_t plan = NULL;
  dnnl_primitive_t move = NULL;
  dnnl_stream_t stream = NULL;
  described wanted = dnnl_primitive_desc_query_md(layer->plan, dnnl_query_weights_md, 0);
  int status = dnnl_memory_create(&layer->weights, wanted, engine, DNNL_MEMORY_ALLOCATE);
  if (!status) status = dnnl_memory_create(&given, view(plain), engine, (void *)weights);
  if (!status) status = dnnl_reorder_primitive_desc_create(&plan, view(plain), engine, wanted, engine, NULL);
  if (!status) status = dnnl_primitive_create(&move, plan);
  if (!status) status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  if (!status) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, given}, {DNNL_ARG_TO, layer->weights}};
    status = dnnl_primitive_execute(move, stream, 2, arguments);
    if (!status) status = dnnl_stream_wait(stream);
  }
  if (stream) dnnl_stream_destroy(stream);
  if (move) dnnl_primitive_destroy(move);
  if (plan) dnnl_primitive_desc_destroy(plan);
  if (given) dnnl_memory_destroy(given);
  return status;
}

// layer->bias: `bias`, or zeros.
static int bring_in_bias(conednn_layer *layer, dnnl_engine_t engine, const float *bias, size_t outputs) {
  described wanted = dnnl_primitive_desc_query_md(layer->plan, dnnl_query_weights_md, 1);
  void *values;
  int status = dnnl_memory_create(&layer->bias, wanted, engine, DNNL_MEMORY_ALLOCATE);
  if (!status) status = dnnl_memory_get_data_handle(layer->bias, &values);
  if (status) return status;
  if (bias) memcpy(values, bias, outputs * sizeof(float));
  else memset(values, 0, outputs * sizeof(float));
  return 0;
}

// What must follow the last input on an axis: the kernel's reach beyond the last output's place.
static dnnl_dim_t padding_after(int size, int kernel, int stride) {
  int outputs = (size + stride - 1) / stride;
  return (outputs - 1) * stride + kernel - size - kernel / 2;
}

int conednn_make_convolution(const conednn_convolution *shape, const float *weights, const float *bias,
                             conednn_layer **result) {
  int status;
  dnnl_engine_t engine = conednn_processor(&status);
  if (status) return status;
  conednn_stay_on_thread();
  const conednn_convolution s = *shape;
  const dnnl_dims_t from = {1, s.inputs, s.height, s.width};
  const dnnl_dims_t to = {1, s.outputs, (s.height + s.stride - 1) / s.stride, (s.width + s.stride - 1) / s.stride};
  const dnnl_dims_t kernel = {s.outputs, s.inputs, s.kernel_height, s.kernel_width};
  const dnnl_dims_t outputs = {s.outputs};
  const dnnl_dims_t strides = {s.stride, s.stride};
  const dnnl_dims_t before = {s.kernel_height / 2, s.kernel_width / 2};
  const dnnl_dims_t after = {padding_after(s.height, s.kernel_height, s.stride),
                             padding_after(s.width, s.kernel_width, s.stride)};
  conednn_layer *layer = calloc(1, sizeof *layer);
  if (!layer) return dnnl_out_of_memory;
  description source = {0}, destination = {0}, plain = {0}, best = {0}, offsets = {0};
  dnnl_primitive_attr_t options = NULL;
  status = describe(&source, 4, from, dnnl_nhwc);
  if (!status) status = describe(&destination, 4, to, dnnl_nhwc);
  if (!status) status = describe(&plain, 4, kernel, dnnl_oihw);
  if (!status) status = describe(&best, 4, kernel, dnnl_format_tag_any);
  if (!status) status = describe(&offsets, 1, outputs, dnnl_a);
  if (!status) status = conednn_make_options(s.activation, &options);
  if (!status)
    status = plan_convolution(&layer->plan, engine, &source, &best, &offsets, &destination, strides, before, after,
                              options);
  if (!status) status = conednn_finish(layer);
  if (!status) status = bring_in_weights(layer, engine, &plain, weights);
  if (!status) status = bring_in_bias(layer, engine, bias, (size_t)s.outputs);
  if (options) dnnl_primitive_attr_destroy(options);
  forget(&source), forget(&destination), forget(&plain), forget(&best), forget(&offsets);
  if (status) {
    conednn_free(layer);
    return status;
  }
  *result = layer;
  return 0;
}

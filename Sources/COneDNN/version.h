// What oneDNN 2 and oneDNN 3 call differently: descriptors are structs in the one and handles in the other.
#pragma once
#if !__has_include(<oneapi/dnnl/dnnl.h>)
#error "oneDNN's headers were not found: run scripts/setup (or make setup) of this package first"
#endif
#include <oneapi/dnnl/dnnl.h>

typedef dnnl_memory_desc_t description;

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t described;

static inline described view(const description *d) { return *d; }

static inline int describe(description *d, int axes, const dnnl_dims_t sizes, dnnl_format_tag_t layout) {
  return dnnl_memory_desc_create_with_tag(d, axes, sizes, dnnl_f32, layout);
}

static inline void forget(description *d) {
  if (*d) dnnl_memory_desc_destroy(*d);
}

static inline size_t bytes_of(described d) { return dnnl_memory_desc_get_size(d); }

static inline int append_activation(dnnl_post_ops_t chain, dnnl_alg_kind_t kind) {
  return dnnl_post_ops_append_eltwise(chain, kind, 0, 0);
}

static inline int plan_convolution(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *source,
                                   const description *weights, const description *bias,
                                   const description *destination, const dnnl_dims_t strides,
                                   const dnnl_dims_t before, const dnnl_dims_t after, dnnl_primitive_attr_t options) {
  const dnnl_dims_t dilation = {0};
  return dnnl_convolution_forward_primitive_desc_create(plan, engine, dnnl_forward_inference, dnnl_convolution_direct,
                                                        *source, *weights, *bias, *destination, strides, dilation,
                                                        before, after, options);
}

static inline int plan_norm(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *picture,
                            float epsilon, unsigned flags, dnnl_primitive_attr_t options) {
  return dnnl_batch_normalization_forward_primitive_desc_create(plan, engine, dnnl_forward_inference, *picture,
                                                                *picture, epsilon, flags, options);
}

static inline int plan_softmax(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *rows,
                               dnnl_primitive_attr_t options) {
  return dnnl_softmax_forward_primitive_desc_create(plan, engine, dnnl_forward_inference, dnnl_softmax_accurate, *rows,
                                                    *rows, 1, options);
}
#else
typedef const dnnl_memory_desc_t *described;

static inline described view(const description *d) { return d; }

static inline int describe(description *d, int axes, const dnnl_dims_t sizes, dnnl_format_tag_t layout) {
  return dnnl_memory_desc_init_by_tag(d, axes, sizes, dnnl_f32, layout);
}

static inline void forget(description *d) { (void)d; }

static inline size_t bytes_of(described d) { return dnnl_memory_desc_get_size(d); }

static inline int append_activation(dnnl_post_ops_t chain, dnnl_alg_kind_t kind) {
  return dnnl_post_ops_append_eltwise(chain, 1, kind, 0, 0);
}

static inline int plan_convolution(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *source,
                                   const description *weights, const description *bias,
                                   const description *destination, const dnnl_dims_t strides,
                                   const dnnl_dims_t before, const dnnl_dims_t after, dnnl_primitive_attr_t options) {
  dnnl_convolution_desc_t operation;
  int status = dnnl_convolution_forward_desc_init(&operation, dnnl_forward_inference, dnnl_convolution_direct, source,
                                                  weights, bias, destination, strides, before, after);
  return status ? status : dnnl_primitive_desc_create(plan, &operation, options, engine, NULL);
}

static inline int plan_norm(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *picture,
                            float epsilon, unsigned flags, dnnl_primitive_attr_t options) {
  dnnl_batch_normalization_desc_t operation;
  int status = dnnl_batch_normalization_forward_desc_init(&operation, dnnl_forward_inference, picture, epsilon, flags);
  return status ? status : dnnl_primitive_desc_create(plan, &operation, options, engine, NULL);
}

static inline int plan_softmax(dnnl_primitive_desc_t *plan, dnnl_engine_t engine, const description *rows,
                               dnnl_primitive_attr_t options) {
  dnnl_softmax_desc_t operation;
  int status = dnnl_softmax_forward_desc_init(&operation, dnnl_forward_inference, rows, 1);
  return status ? status : dnnl_primitive_desc_create(plan, &operation, options, engine, NULL);
}
#endif

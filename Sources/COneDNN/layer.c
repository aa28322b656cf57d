// Running prepared operations, and what belongs to the library as a whole.
#define _GNU_SOURCE  // RTLD_DEFAULT
#include "layer.h"
#include <dlfcn.h>
#include <pthread.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdlib.h>

static dnnl_engine_t processor;
static int processorStatus;
static void (*setThreads)(int);

static void begin(void) {
  // Must come before everything else; refused on processors without AVX-512, where nothing is to be limited.
  dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx512_core);
  // The distribution's library uses OpenMP. A library that uses other threads has no such function.
  *(void **)&setThreads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  processorStatus = dnnl_engine_create(&processor, dnnl_cpu, 0);
}

dnnl_engine_t conednn_processor(int *status) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, begin);
  *status = processorStatus;
  return processor;
}

void conednn_stay_on_thread(void) {
  if (setThreads) setThreads(1);
}

int conednn_make_options(conednn_activation activation, dnnl_primitive_attr_t *options) {
  int status = dnnl_primitive_attr_create(options);
  if (status) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(*options, dnnl_scratchpad_mode_user);
  if (status || activation == CONEDNN_IDENTITY) return status;
  dnnl_post_ops_t chain;
  status = dnnl_post_ops_create(&chain);
  if (status) return status;
  status = append_activation(chain, activation == CONEDNN_RELU ? dnnl_eltwise_relu : dnnl_eltwise_gelu_erf);
  if (!status) status = dnnl_primitive_attr_set_post_ops(*options, chain);
  dnnl_post_ops_destroy(chain);
  return status;
}

int conednn_finish(conednn_layer *layer) { return dnnl_primitive_create(&layer->primitive, layer->plan); }

void conednn_free(conednn_layer *layer) {
  if (!layer) return;
  if (layer->primitive) dnnl_primitive_destroy(layer->primitive);
  if (layer->plan) dnnl_primitive_desc_destroy(layer->plan);
  if (layer->weights) dnnl_memory_destroy(layer->weights);
  if (layer->bias) dnnl_memory_destroy(layer->bias);
  free(layer);
}

int conednn_run(const conednn_layer *layer, const float *source, float *destination) {
  int status;
  dnnl_engine_t engine = conednn_processor(&status);
  if (status) return status;
  conednn_stay_on_thread();
  described from = dnnl_primitive_desc_query_md(layer->plan, dnnl_query_src_md, 0);
  described to = dnnl_primitive_desc_query_md(layer->plan, dnnl_query_dst_md, 0);
  described scratch = dnnl_primitive_desc_query_md(layer->plan, dnnl_query_scratchpad_md, 0);
  size_t scratchBytes = scratch ? bytes_of(scratch) : 0;
  void *space = NULL;
  if (scratchBytes && posix_memalign(&space, 64, scratchBytes)) return dnnl_out_of_memory;
  dnnl_memory_t input = NULL, output = NULL, extra = NULL;
  dnnl_stream_t stream = NULL;
  status = dnnl_memory_create(&input, from, engine, (void *)source);
  if (!status) status = dnnl_memory_create(&output, to, engine, destination);
  if (!status && scratchBytes) status = dnnl_memory_create(&extra, scratch, engine, space);
  if (!status) status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  if (!status) {
    dnnl_exec_arg_t arguments[5] = {{DNNL_ARG_SRC, input}, {DNNL_ARG_DST, output}};
    int count = 2;
    if (layer->weights) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, layer->weights};
    if (layer->bias) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, layer->bias};
    if (extra) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, extra};
    status = dnnl_primitive_execute(layer->primitive, stream, count, arguments);
    if (!status) status = dnnl_stream_wait(stream);
  }
  if (stream) dnnl_stream_destroy(stream);
  if (extra) dnnl_memory_destroy(extra);
  if (output) dnnl_memory_destroy(output);
  if (input) dnnl_memory_destroy(input);
  free(space);
  return status;
}

int conednn_multiply(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a,
                     size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc) {
  int status;
  conednn_processor(&status);
  if (status) return status;
  conednn_stay_on_thread();
  return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k,
                    alpha, a, (dnnl_dim_t)lda, b, (dnnl_dim_t)ldb, beta, c, (dnnl_dim_t)ldc);
}

const char *conednn_status_text(int status) { return dnnl_status2str((dnnl_status_t)status); }

// Every kernel of this folder, and the table that holds them.
#include "linear.h"
#include "linear_weights.h"
#include "grid.h"
#include "adam.h"
#include "head.h"
#include "activations.h"
#include "edit.h"
#include "correlate.h"
#include "gru.h"
#include "carry.h"
#include "peak.h"

#define KERNEL_TABLE(set)                                                             \
  {                                                                                   \
      .name = set,                                                                    \
      .linear_forward = linear_forward,                                               \
      .linear_backward_input = linear_backward_input,                                 \
      .linear_backward_weights = linear_backward_weights,                             \
      .grid_encode = grid_encode,                                                     \
      .grid_scatter = grid_scatter,                                                   \
      .grid_slope = grid_slope,                                                       \
      .adam_step = adam_step,                                                         \
      .head_forward = head_forward,                                                   \
      .head_forward_bf16 = head_forward_bf16,                                         \
      .head_update = head_update,                                                     \
      .head_update_bf16 = head_update_bf16,                                           \
      .edit_gather = edit_gather,                                                     \
      .edit_apply = edit_apply,                                                       \
      .tanh = tanh_array,                                                             \
      .sigmoid2 = sigmoid2_array,                                                     \
      .softplus = softplus_array,                                                     \
      .correlate = correlate,                                                         \
      .gru_gates = gru_gates,                                                         \
      .gru_update = gru_update,                                                       \
      .carry = carry,                                                                 \
      .peak_products = peak_products,                                                 \
      .peak_stream = peak_stream,                                                     \
  }

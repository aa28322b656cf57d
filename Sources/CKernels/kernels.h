// What the folders of this target share: the table that each of them fills.
#pragma once
#include "ckernels.h"

extern const ck_kernels ck_reference_kernels;

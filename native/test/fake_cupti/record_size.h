// How long the records of this fake's version are.
#pragma once

#include <cupti.h>

#include <cstddef>
#include <cstdint>

namespace fakecupti {

// The version cuptiGetVersion answers.
uint32_t version();

// In a buffer this fake fills; 0 for a kind it does not know.
size_t recordSize(CUpti_ActivityKind kind);

// In a buffer recorded with the CUDA 13.0 headers.
size_t recordedSize(CUpti_ActivityKind kind);

}  // namespace fakecupti

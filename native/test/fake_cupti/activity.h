// Activity records on their way from the "GPU" into the client's buffers.
#pragma once

#include <cupti.h>

#include <cstddef>
#include <cstdint>

namespace fakecupti {

// Puts a record, `size` bytes long, into the calling thread's buffer. False where it was dropped.
bool emit(const void* record, size_t size);

bool kindEnabled(CUpti_ActivityKind kind);

}  // namespace fakecupti

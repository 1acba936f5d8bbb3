// Names of host calls: those that a pipeline makes, not all two thousand.
#pragma once

#include <cstdint>

namespace fakecupti {

// Null where this fake does not know the id.
const char* callName(bool driver, uint32_t cbid);

}  // namespace fakecupti

// The system's id of this thread, the one CUPTI writes into its records too.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace gapscope::capture {

inline uint32_t currentThreadId() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

}  // namespace gapscope::capture

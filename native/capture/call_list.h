// Which calls into CUDA are worth knowing of, and what some of them mean besides.
#pragma once

#include <cstdint>

namespace gapscope::capture {

// `kWork`: leaves an op on the GPU, unless the call fails or is captured into a graph.
enum class CallMeaning : uint8_t {
  kPlain,
  kWork,
  kEventRecord,
  kStreamWaitsEvent,
  kEventWait,
  kStreamWait,
  kContextWait
};

// By name as CUPTI gives it, because callback ids differ between versions; a name stands for all its variants.
bool isListedDriverCall(const char* name);
bool isListedRuntimeCall(const char* name);
// For driver calls only: the runtime's come by as those.
CallMeaning meaningOfDriverCall(const char* name);
// Does a null stream stand for the thread's own default stream in this variant of a call?
bool hasThreadDefaultStream(const char* name);

}  // namespace gapscope::capture

#include "call_list.h"

#include <cstddef>
#include <cstring>

namespace gapscope::capture {
namespace {

// Calls that launch work, wait, move or allocate memory, load modules, or order streams. Everything else (of
// 891 k runtime calls of one pipeline 739 k were cudaGetDevice) explains no gap.
const char* const kDriverCalls[] = {
    "cuLaunch",           "cuGraphLaunch",       "cuGraphInstantiate", "cuGraphExecUpdate",  "cuMemcpy",
    "cuMemset",           "cuStreamSynchronize", "cuCtxSynchronize",   "cuEventSynchronize", "cuMemAlloc",
    "cuMemFree",          "cuMemHostAlloc",      "cuMemHostRegister",  "cuMemCreate",        "cuMemRelease",
    "cuMemMap",           "cuMemUnmap",          "cuMemSetAccess",     "cuModuleLoad",       "cuModuleUnload",
    "cuLibraryLoad",      "cuLibraryUnload",     "cuEventRecord",      "cuStreamWaitEvent",  "cuStreamWaitValue",
    "cuStreamWriteValue", "cuMemPrefetchAsync",
};
const char* const kRuntimeCalls[] = {
    "cudaLaunch",
    "cudaGraphLaunch",
    "cudaGraphInstantiate",
    "cudaGraphExecUpdate",
    "cudaMemcpy",
    "cudaMemset",
    "cudaStreamSynchronize",
    "cudaDeviceSynchronize",
    "cudaEventSynchronize",
    "cudaThreadSynchronize",
    "cudaMalloc",
    "cudaFree",
    "cudaHostAlloc",
    "cudaHostRegister",
    "cudaEventRecord",
    "cudaStreamWaitEvent",
    "cudaLibraryLoad",
    "cudaMemPrefetchAsync",
};

// Host functions (cuLaunchHostFunc) leave no op.
const char* const kWork[] = {"cuLaunchKernel", "cuLaunchCooperativeKernel", "cuGraphLaunch", "cuMemcpy", "cuMemset"};

bool startsWith(const char* name, const char* prefix) { return strncmp(name, prefix, strlen(prefix)) == 0; }

template <size_t N>
bool isListed(const char* name, const char* const (&list)[N]) {
  for (const char* prefix : list) {
    if (startsWith(name, prefix)) return true;
  }
  return false;
}

}  // namespace

bool isListedDriverCall(const char* name) { return isListed(name, kDriverCalls); }

bool isListedRuntimeCall(const char* name) { return isListed(name, kRuntimeCalls); }

CallMeaning meaningOfDriverCall(const char* name) {
  if (isListed(name, kWork)) return CallMeaning::kWork;
  if (startsWith(name, "cuEventRecord")) return CallMeaning::kEventRecord;
  if (startsWith(name, "cuStreamWaitEvent")) return CallMeaning::kStreamWaitsEvent;
  if (startsWith(name, "cuEventSynchronize")) return CallMeaning::kEventWait;
  if (startsWith(name, "cuStreamSynchronize")) return CallMeaning::kStreamWait;
  if (startsWith(name, "cuCtxSynchronize")) return CallMeaning::kContextWait;
  return CallMeaning::kPlain;
}

bool hasThreadDefaultStream(const char* name) {
  constexpr char kSuffix[] = "_ptsz";
  const size_t length = strlen(name);
  return length >= sizeof kSuffix && strcmp(name + length - (sizeof kSuffix - 1), kSuffix) == 0;
}

}  // namespace gapscope::capture

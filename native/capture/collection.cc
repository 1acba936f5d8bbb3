#include "collection.h"

#include <cstring>
#include <limits>

#include "clock.h"

namespace gapscope::capture {
namespace {

// Calls that launch work, wait, move or allocate memory, load modules, or order streams. Everything else (of
// 891 k runtime calls of one pipeline 739 k were cudaGetDevice) explains no gap. By name, because callback ids
// differ between versions; a name stands for its variants (_v2, _ptsz, …).
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

template <size_t N>
bool isListed(const char* name, const char* const (&list)[N]) {
  for (const char* prefix : list) {
    if (strncmp(name, prefix, strlen(prefix)) == 0) return true;
  }
  return false;
}

constexpr uint32_t kMostCallbackIds = 2000;
constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

}  // namespace

void Collection::want(bool on) {
  wanted_.store(on);
  if (ready_.load()) apply();
}

void Collection::ready() {
  ready_.store(true);
  apply();
}

void Collection::apply() {
  for (;;) {
    if (frozen_.load() || wanted_.load() == applied_.load()) return;
    if (applying_.exchange(true)) return;  // whoever is at it looks again when done
    const bool on = wanted_.load();
    if (on != applied_.load() && !frozen_.load()) {
      if (on) {
        enable();
      } else {
        disable();
      }
      applied_.store(on);
    }
    applying_.store(false);
  }
}

void Collection::setKinds(bool on) {
  if (!settings_.inExperiment("no-calls")) setCalls(on);
  // Copies and sets always together with kernels: CUPTI 13.0 leaks the slots of graph nodes whose kind is off.
  if (!settings_.inExperiment("no-memory")) {
    setKind(CUPTI_ACTIVITY_KIND_MEMCPY, on);
    setKind(CUPTI_ACTIVITY_KIND_MEMCPY2, on);
    setKind(CUPTI_ACTIVITY_KIND_MEMSET, on);
  }
  if (!settings_.inExperiment("no-kernels")) setKind(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, on);
  if (settings_.wholeGraphs) setKind(CUPTI_ACTIVITY_KIND_GRAPH_TRACE, on);
  if (!settings_.inExperiment("no-sync")) setKind(CUPTI_ACTIVITY_KIND_SYNCHRONIZATION, on);
  if (!settings_.inExperiment("no-event")) setKind(CUPTI_ACTIVITY_KIND_CUDA_EVENT, on);
  if (!settings_.inExperiment("no-overhead")) setKind(CUPTI_ACTIVITY_KIND_OVERHEAD, on);
  if (settings_.inExperiment("markers")) setKind(CUPTI_ACTIVITY_KIND_MARKER, on);
}

void Collection::enable() {
  setKinds(true);
  std::lock_guard<std::mutex> lock(mutex_);
  intervals_.push_back({nowNs(), kOpenEnd});
}

void Collection::disable() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!intervals_.empty()) intervals_.back().endNs = nowNs();
  }
  setKinds(false);
}

void Collection::setKind(CUpti_ActivityKind kind, bool on) {
  const CUptiResult result = on ? cupti_.cuptiActivityEnable(kind) : cupti_.cuptiActivityDisable(kind);
  if (result == CUPTI_SUCCESS || !on) return;
  std::lock_guard<std::mutex> lock(mutex_);
  problems_ += "activity kind " + std::to_string(kind) + ": " + cupti_.text(result) + "\n";
}

void Collection::findCalls() {
  callsFound_ = true;
  const char* name = nullptr;
  for (uint32_t id = 1; id < kMostCallbackIds; ++id) {
    if (cupti_.cuptiGetCallbackName(CUPTI_CB_DOMAIN_DRIVER_API, id, &name) == CUPTI_SUCCESS && name != nullptr) {
      driverCalls_.push_back({id, isListed(name, kDriverCalls)});
    }
    if (cupti_.cuptiGetCallbackName(CUPTI_CB_DOMAIN_RUNTIME_API, id, &name) == CUPTI_SUCCESS && name != nullptr) {
      runtimeCalls_.push_back({id, isListed(name, kRuntimeCalls)});
    }
  }
}

void Collection::setCalls(bool on) {
  const bool driver = settings_.api != ApiDomain::kRuntime;
  const bool runtime = settings_.api != ApiDomain::kDriver;
  const bool canChoose =
      cupti_.cuptiActivityEnableRuntimeApi != nullptr && cupti_.cuptiActivityEnableDriverApi != nullptr;
  // The kind first, which switches every call on, then the unlisted ones off again: the header says that a list
  // alone is enough, but CUPTI 13.0 then records nothing.
  const bool kindToo = !settings_.inExperiment("list-only");
  // Before CUPTI 12.5 it is all or nothing.
  if (driver && (canChoose || settings_.api == ApiDomain::kWhole) && kindToo) setKind(CUPTI_ACTIVITY_KIND_DRIVER, on);
  if (runtime && kindToo) setKind(CUPTI_ACTIVITY_KIND_RUNTIME, on);
  if (!canChoose || settings_.api == ApiDomain::kWhole) return;
  if (!callsFound_) findCalls();
  CUptiResult worst = CUPTI_SUCCESS;
  const auto choose = [&](const std::vector<Call>& calls, auto function) {
    for (const Call& call : calls) {
      const CUptiResult result = function(call.id, on && call.listed ? 1 : 0);
      if (result != CUPTI_SUCCESS && call.listed) worst = result;
    }
  };
  if (driver) choose(driverCalls_, cupti_.cuptiActivityEnableDriverApi);
  if (runtime) choose(runtimeCalls_, cupti_.cuptiActivityEnableRuntimeApi);
  if (worst == CUPTI_SUCCESS || !on) return;
  std::lock_guard<std::mutex> lock(mutex_);
  problems_ += std::string("some calls: ") + cupti_.text(worst) + "\n";
}

bool Collection::overlaps(int64_t startNs, int64_t endNs) {
  // Without CUPTI nothing is collected but ranges, and then they are all there is to see.
  if (!ready_.load()) return settings_.start == StartMode::kAll || wanted_.load();
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Interval& interval : intervals_) {
    if (startNs < interval.endNs && endNs >= interval.startNs) return true;
  }
  return false;
}

std::string Collection::problems() {
  std::lock_guard<std::mutex> lock(mutex_);
  return problems_;
}

}  // namespace gapscope::capture

#include "record_size.h"

#include <cstdlib>

#include "faults.h"

namespace fakecupti {
namespace {

constexpr uint32_t kSecondLayouts = 27;  // CUPTI 12.9
constexpr size_t kWider = 24;            // what CUPTI 13.4's Kernel13 has beyond Kernel10

struct Sizes {
  CUpti_ActivityKind kind;
  size_t now;
  size_t before;  // CUPTI 12.9
};

constexpr Sizes kSizes[] = {
    {CUPTI_ACTIVITY_KIND_KERNEL, sizeof(CUpti_ActivityKernel10), sizeof(CUpti_ActivityKernel9)},
    {CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, sizeof(CUpti_ActivityKernel10), sizeof(CUpti_ActivityKernel9)},
    {CUPTI_ACTIVITY_KIND_MEMCPY, sizeof(CUpti_ActivityMemcpy6), sizeof(CUpti_ActivityMemcpy5)},
    {CUPTI_ACTIVITY_KIND_MEMCPY2, sizeof(CUpti_ActivityMemcpyPtoP4), sizeof(CUpti_ActivityMemcpyPtoP4)},
    {CUPTI_ACTIVITY_KIND_MEMSET, sizeof(CUpti_ActivityMemset4), sizeof(CUpti_ActivityMemset4)},
    {CUPTI_ACTIVITY_KIND_DRIVER, sizeof(CUpti_ActivityAPI), sizeof(CUpti_ActivityAPI)},
    {CUPTI_ACTIVITY_KIND_RUNTIME, sizeof(CUpti_ActivityAPI), sizeof(CUpti_ActivityAPI)},
    {CUPTI_ACTIVITY_KIND_OVERHEAD, sizeof(CUpti_ActivityOverhead3), sizeof(CUpti_ActivityOverhead)},
    {CUPTI_ACTIVITY_KIND_SYNCHRONIZATION, sizeof(CUpti_ActivitySynchronization2),
     sizeof(CUpti_ActivitySynchronization)},
    {CUPTI_ACTIVITY_KIND_CUDA_EVENT, sizeof(CUpti_ActivityCudaEvent2), sizeof(CUpti_ActivityCudaEvent)},
    {CUPTI_ACTIVITY_KIND_GRAPH_TRACE, sizeof(CUpti_ActivityGraphTrace2), sizeof(CUpti_ActivityGraphTrace)},
    {CUPTI_ACTIVITY_KIND_DEVICE, sizeof(CUpti_ActivityDevice5), sizeof(CUpti_ActivityDevice5)},
    {CUPTI_ACTIVITY_KIND_CONTEXT, sizeof(CUpti_ActivityContext3), sizeof(CUpti_ActivityContext3)},
    {CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION, sizeof(CUpti_ActivityExternalCorrelation),
     sizeof(CUpti_ActivityExternalCorrelation)},
};

const Sizes* find(CUpti_ActivityKind kind) {
  for (const Sizes& sizes : kSizes) {
    if (sizes.kind == kind) return &sizes;
  }
  return nullptr;
}

}  // namespace

uint32_t version() {
  const char* text = getenv("FAKECUPTI_VERSION");
  return text == nullptr ? 130001 : static_cast<uint32_t>(strtoul(text, nullptr, 10));
}

size_t recordSize(CUpti_ActivityKind kind) {
  static const uint32_t present = version();
  static const bool wide = hasFault("wide");
  const Sizes* sizes = find(kind);
  if (sizes == nullptr) return 0;
  return (present < kSecondLayouts ? sizes->before : sizes->now) + (wide ? kWider : 0);
}

size_t recordedSize(CUpti_ActivityKind kind) {
  const Sizes* sizes = find(kind);
  return sizes == nullptr ? 0 : sizes->now;
}

}  // namespace fakecupti

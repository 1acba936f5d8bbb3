#include "record_decoder.h"

#include <cxxabi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstddef>

namespace gapscope::capture {
namespace {

// Records grow at their end from one CUPTI version to the next, so each is read through an older layout that all
// versions from 12.0 on share; `cuptiActivityGetNextRecord` knows how far apart they are.
using KernelRecord = CUpti_ActivityKernel9;
using MemcpyRecord = CUpti_ActivityMemcpy5;
using PeerRecord = CUpti_ActivityMemcpyPtoP4;
using MemsetRecord = CUpti_ActivityMemset4;
using OverheadRecord = CUpti_ActivityOverhead;
using SyncRecord = CUpti_ActivitySynchronization;
using EventRecord = CUpti_ActivityCudaEvent;
using GraphRecord = CUpti_ActivityGraphTrace;

static_assert(offsetof(KernelRecord, name) == 104 && offsetof(KernelRecord, graphNodeId) == 144);
static_assert(offsetof(CUpti_ActivityKernel10, clusterX) == offsetof(KernelRecord, clusterX));
static_assert(offsetof(CUpti_ActivityMemcpy6, graphNodeId) == offsetof(MemcpyRecord, graphNodeId));
static_assert(offsetof(CUpti_ActivityOverhead3, end) == offsetof(OverheadRecord, end));
static_assert(offsetof(CUpti_ActivitySynchronization2, cudaEventId) == offsetof(SyncRecord, cudaEventId));
static_assert(offsetof(CUpti_ActivityCudaEvent2, eventId) == offsetof(EventRecord, eventId));
static_assert(offsetof(CUpti_ActivityGraphTrace2, streamId) == offsetof(GraphRecord, streamId));

// Fields that came with the second layouts of CUPTI 12.9; read only when the version has them.
constexpr uint32_t kHasSecondSync = 27;

int64_t span(uint64_t start, uint64_t end) { return static_cast<int64_t>(end) - static_cast<int64_t>(start); }

OverheadKind overheadKind(CUpti_ActivityOverheadKind kind) {
  switch (static_cast<uint32_t>(kind)) {
    case 1: return OverheadKind::kDriverCompiler;
    case 1u << 16: return OverheadKind::kProfilerFlush;
    case 2u << 16: return OverheadKind::kProfilerInstrumentation;
    case 3u << 16: return OverheadKind::kProfilerResource;
    case 4u << 16: return OverheadKind::kModuleLoading;
    case 5u << 16: return OverheadKind::kLazyFunctionLoading;
    case 6u << 16: return OverheadKind::kCommandBufferFull;
    case 7u << 16: return OverheadKind::kProfilerBufferRequest;
    case 8u << 16: return OverheadKind::kUnifiedMemory;
    default: return OverheadKind::kUnknown;
  }
}

}  // namespace

RecordDecoder::RecordDecoder(const CuptiApi& cupti, StringTable& strings, TraceWriter& writer)
    : cupti_(cupti),
      strings_(strings),
      writer_(writer),
      memcpyName_(strings.intern("memcpy")),
      memsetName_(strings.intern("memset")),
      graphName_(strings.intern("graph")) {}

void RecordDecoder::decode(uint8_t* buffer, size_t validBytes) {
  CUpti_Activity* activity = nullptr;
  // Ends with MAX_LIMIT_REACHED, or with INVALID_KIND where a record was begun and not finished.
  while (cupti_.cuptiActivityGetNextRecord(buffer, validBytes, &activity) == CUPTI_SUCCESS) {
    record(activity);
  }
}

void RecordDecoder::record(const CUpti_Activity* activity) {
  switch (activity->kind) {
    case CUPTI_ACTIVITY_KIND_KERNEL:
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL: return kernel(activity);
    case CUPTI_ACTIVITY_KIND_MEMCPY: return memcpyRecord(*reinterpret_cast<const MemcpyRecord*>(activity));
    case CUPTI_ACTIVITY_KIND_MEMCPY2: return memcpyRecord(*reinterpret_cast<const PeerRecord*>(activity));
    case CUPTI_ACTIVITY_KIND_MEMSET: return memsetRecord(activity);
    case CUPTI_ACTIVITY_KIND_GRAPH_TRACE: return graphTrace(activity);
    case CUPTI_ACTIVITY_KIND_DRIVER:
    case CUPTI_ACTIVITY_KIND_RUNTIME: return apiCall(activity);
    case CUPTI_ACTIVITY_KIND_SYNCHRONIZATION: return synchronization(activity);
    case CUPTI_ACTIVITY_KIND_CUDA_EVENT: return cudaEvent(activity);
    case CUPTI_ACTIVITY_KIND_OVERHEAD: return overhead(activity);
    case CUPTI_ACTIVITY_KIND_DEVICE: return device(activity);
    default: ++unknownRecords_;
  }
}

bool RecordDecoder::hasTimes(uint64_t start, uint64_t end) {
  // CUPTI writes 0 for a kernel still running at a forced flush, and when its pool of device slots is exhausted.
  if (start != 0 && end != 0) return true;
  ++zeroTimestamps_;
  return false;
}

void RecordDecoder::kernel(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const KernelRecord*>(activity);
  if (!hasTimes(r.start, r.end)) return;
  Shape shape;
  shape.grid[0] = static_cast<uint32_t>(r.gridX);
  shape.grid[1] = static_cast<uint32_t>(r.gridY);
  shape.grid[2] = static_cast<uint32_t>(r.gridZ);
  shape.block[0] = static_cast<uint32_t>(r.blockX);
  shape.block[1] = static_cast<uint32_t>(r.blockY);
  shape.block[2] = static_cast<uint32_t>(r.blockZ);
  shape.cluster[0] = r.clusterX;
  shape.cluster[1] = r.clusterY;
  shape.cluster[2] = r.clusterZ;
  shape.registers = r.registersPerThread;
  shape.sharedStatic = static_cast<uint32_t>(r.staticSharedMemory);
  shape.sharedDynamic = static_cast<uint32_t>(r.dynamicSharedMemory);
  shape.sharedExecuted = r.sharedMemoryExecuted;
  op(r, OpKind::kKernel, kernelName(r.name), shape);
}

template <class Record>
void RecordDecoder::memcpyRecord(const Record& r) {
  if (!hasTimes(r.start, r.end)) return;
  Shape shape;
  shape.copyKind = r.copyKind;
  shape.srcKind = r.srcKind;
  shape.dstKind = r.dstKind;
  shape.bytes = static_cast<int64_t>(r.bytes);
  op(r, OpKind::kMemcpy, memcpyName_, shape);
}

void RecordDecoder::memsetRecord(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const MemsetRecord*>(activity);
  if (!hasTimes(r.start, r.end)) return;
  Shape shape;
  shape.dstKind = static_cast<uint8_t>(r.memoryKind);
  shape.bytes = static_cast<int64_t>(r.bytes);
  op(r, OpKind::kMemset, memsetName_, shape);
}

// Kernels, copies and sets have these fields in common, each at a place of its own.
template <class Record>
void RecordDecoder::op(const Record& r, OpKind kind, uint32_t name, const Shape& shape) {
  writer_.append(kOps, static_cast<int64_t>(r.start), span(r.start, r.end), kind, static_cast<uint8_t>(r.deviceId),
                 static_cast<uint16_t>(r.contextId), static_cast<uint16_t>(r.channelID), name, r.streamId,
                 r.correlationId, r.graphId, r.graphNodeId, shapeId(shape));
}

void RecordDecoder::graphTrace(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const GraphRecord*>(activity);
  if (!hasTimes(r.start, r.end)) return;
  writer_.append(kOps, static_cast<int64_t>(r.start), span(r.start, r.end), OpKind::kGraph,
                 static_cast<uint8_t>(r.deviceId), static_cast<uint16_t>(r.contextId), uint16_t{0}, graphName_,
                 r.streamId, r.correlationId, r.graphId, uint64_t{0}, shapeId(Shape()));
}

void RecordDecoder::apiCall(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const CUpti_ActivityAPI*>(activity);
  if (r.start == 0 || r.end == 0) {
    ++zeroTimestamps_;
    return;
  }
  const CUpti_CallbackDomain domain =
      r.kind == CUPTI_ACTIVITY_KIND_DRIVER ? CUPTI_CB_DOMAIN_DRIVER_API : CUPTI_CB_DOMAIN_RUNTIME_API;
  seeThread(r.threadId);
  writer_.append(kCalls, static_cast<int64_t>(r.start), span(r.start, r.end), callName(domain, r.cbid), r.threadId,
                 r.correlationId, static_cast<uint16_t>(r.returnValue));
}

void RecordDecoder::call(uint32_t thread, const CallEvent& event) {
  const CUpti_CallbackDomain domain = event.isDriver ? CUPTI_CB_DOMAIN_DRIVER_API : CUPTI_CB_DOMAIN_RUNTIME_API;
  seeThread(thread);
  writer_.append(kCalls, event.startNs, event.endNs - event.startNs, callName(domain, event.callbackId), thread,
                 event.correlation, event.result);
  switch (event.meaning) {
    case CallMeaning::kPlain:
    case CallMeaning::kWork: return;
    case CallMeaning::kEventRecord:
      if (event.result != 0) return;
      writer_.append(kEvents, event.context, event.stream, event.event, event.syncId, event.correlation);
      return;
    case CallMeaning::kEventWait: return sync(event, SyncKind::kEvent);
    case CallMeaning::kStreamWaitsEvent: return sync(event, SyncKind::kStreamWaitsEvent);
    case CallMeaning::kStreamWait: return sync(event, SyncKind::kStream);
    case CallMeaning::kContextWait: return sync(event, SyncKind::kContext);
  }
}

void RecordDecoder::sync(const CallEvent& event, SyncKind kind) {
  writer_.append(kSyncs, event.startNs, event.endNs - event.startNs, kind, event.context, event.stream, event.event,
                 event.syncId, event.correlation, event.result);
}

void RecordDecoder::synchronization(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const SyncRecord*>(activity);
  uint32_t syncId = 0;
  uint16_t result = 0;
  if (cupti_.version >= kHasSecondSync) {
    const auto& second = *reinterpret_cast<const CUpti_ActivitySynchronization2*>(activity);
    syncId = static_cast<uint32_t>(second.cudaEventSyncId);
    result = static_cast<uint16_t>(second.returnValue);
  }
  writer_.append(kSyncs, static_cast<int64_t>(r.start), span(r.start, r.end), static_cast<uint8_t>(r.type), r.contextId,
                 r.streamId, r.cudaEventId, syncId, r.correlationId, result);
}

void RecordDecoder::cudaEvent(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const EventRecord*>(activity);
  uint32_t syncId = 0;
  if (cupti_.version >= kHasSecondSync) {
    syncId = static_cast<uint32_t>(reinterpret_cast<const CUpti_ActivityCudaEvent2*>(activity)->cudaEventSyncId);
  }
  writer_.append(kEvents, r.contextId, r.streamId, r.eventId, syncId, r.correlationId);
}

void RecordDecoder::overhead(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const OverheadRecord*>(activity);
  uint32_t correlation = 0;
  if (cupti_.version >= kHasSecondSync) {
    const auto& third = *reinterpret_cast<const CUpti_ActivityOverhead3*>(activity);
    correlation = third.correlationId;
    free(third.overheadData);  // CUPTI hands it over to the client
  }
  const bool byThread = r.objectKind == CUPTI_ACTIVITY_OBJECT_THREAD || r.objectKind == CUPTI_ACTIVITY_OBJECT_PROCESS;
  const uint32_t thread = byThread ? r.objectId.pt.threadId : 0;
  if (thread != 0) seeThread(thread);
  writer_.append(kOverheads, static_cast<int64_t>(r.start), span(r.start, r.end), overheadKind(r.overheadKind), thread,
                 correlation);
}

void RecordDecoder::device(const CUpti_Activity* activity) {
  const auto& r = *reinterpret_cast<const CUpti_ActivityDevice5*>(activity);
  if (!devices_.emplace(r.id, true).second) return;
  const auto id = static_cast<uint8_t>(r.id);
  const auto number = [&](const char* key, double value) {
    writer_.append(kDevices, id, std::string_view(key), value, std::string_view());
  };
  writer_.append(kDevices, id, std::string_view("name"), 0.0, std::string_view(r.name == nullptr ? "" : r.name));
  char uuid[33];
  for (int i = 0; i < 16; ++i) snprintf(uuid + 2 * i, 3, "%02x", static_cast<unsigned char>(r.uuid.bytes[i]));
  writer_.append(kDevices, id, std::string_view("uuid"), 0.0, std::string_view(uuid));
  number("computeMajor", r.computeCapabilityMajor);
  number("computeMinor", r.computeCapabilityMinor);
  number("sms", r.numMultiprocessors);
  number("warpSize", r.numThreadsPerWarp);
  number("maxWarpsPerSm", r.maxWarpsPerMultiprocessor);
  number("maxBlocksPerSm", r.maxBlocksPerMultiprocessor);
  number("maxThreadsPerBlock", r.maxThreadsPerBlock);
  number("maxRegistersPerSm", r.maxRegistersPerMultiprocessor);
  number("maxRegistersPerBlock", r.maxRegistersPerBlock);
  number("maxSharedPerSm", r.maxSharedMemoryPerMultiprocessor);
  number("maxSharedPerBlock", r.maxSharedMemoryPerBlock);
  number("l2Bytes", r.l2CacheSize);
  number("memoryBytes", static_cast<double>(r.globalMemorySize));
  number("memoryBytesPerSecond", static_cast<double>(r.globalMemoryBandwidth) * 1000);  // CUPTI: kBytes/s
  number("coreClockHz", static_cast<double>(r.coreClockRate) * 1000);                   // CUPTI: kHz
  number("copyEngines", r.numMemcpyEngines);
}

uint32_t RecordDecoder::shapeId(const Shape& shape) {
  bool isNew = false;
  const uint32_t id = shapes_.idOf(shape, &isNew);
  if (isNew) {
    writer_.append(kShapes, id, shape.grid[0], shape.grid[1], shape.grid[2], shape.block[0], shape.block[1],
                   shape.block[2], shape.cluster[0], shape.cluster[1], shape.cluster[2], shape.registers,
                   shape.sharedStatic, shape.sharedDynamic, shape.sharedExecuted, shape.bytes, shape.copyKind,
                   shape.srcKind, shape.dstKind);
  }
  return id;
}

uint32_t RecordDecoder::kernelName(const char* mangled) {
  if (mangled == nullptr) return 0;
  const auto found = kernelNames_.find(mangled);
  // The same address can come to hold another name after a module is unloaded, so the text is compared too.
  if (found != kernelNames_.end() && found->second.mangled == mangled) return found->second.id;
  int status = -1;
  char* demangled = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  const uint32_t id = strings_.intern(status == 0 && demangled != nullptr ? demangled : mangled);
  free(demangled);
  // Leaked on purpose: a name is kept as long as its id, and there are few.
  auto* copy = new std::string(mangled);
  kernelNames_[mangled] = {id, *copy};
  return id;
}

uint32_t RecordDecoder::callName(CUpti_CallbackDomain domain, uint32_t cbid) {
  std::vector<uint32_t>& names = callNames_[domain == CUPTI_CB_DOMAIN_DRIVER_API ? 0 : 1];
  if (cbid >= names.size()) names.resize(cbid + 1, 0);
  if (names[cbid] == 0) {
    const char* name = nullptr;
    if (cupti_.cuptiGetCallbackName(domain, cbid, &name) != CUPTI_SUCCESS || name == nullptr) {
      names[cbid] = strings_.intern("call " + std::to_string(cbid));
    } else {
      names[cbid] = strings_.intern(name);
    }
  }
  return names[cbid];
}

void RecordDecoder::seeThread(uint32_t thread) {
  if (thread == lastThread_) return;
  lastThread_ = thread;
  if (!threads_.emplace(thread, true).second) return;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%u/comm", thread);
  char name[64] = "";
  if (FILE* file = fopen(path, "re")) {
    const size_t length = fread(name, 1, sizeof name - 1, file);
    fclose(file);
    name[length] = '\0';
    if (length > 0 && name[length - 1] == '\n') name[length - 1] = '\0';
  }
  writer_.append(kThreads, thread, strings_.intern(name));
}

}  // namespace gapscope::capture

// Records made up field by field, in the real layouts.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "activity.h"
#include "fakecupti.h"
#include "faults.h"

using namespace fakecupti;

namespace {

// gettid, as cuptiSetThreadIdType(SYSTEM) asks for. Not cached: a forked child has another one.
uint32_t threadId() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

// Fault `zerotime`: whether this op loses its times.
bool losesTimes() {
  static const bool fault = hasFault("zerotime");
  static uint64_t count = 0;
  return fault && __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) % 10 == 0;
}

template <class Record>
Record make(CUpti_ActivityKind kind) {
  Record record;
  memset(&record, 0, sizeof record);
  record.kind = kind;
  return record;
}

template <class Record>
int send(Record& record, uint64_t start, uint64_t end, bool isOp) {
  const bool lost = isOp && losesTimes();
  record.start = lost ? 0 : start;
  record.end = lost ? 0 : end;
  if (!kindEnabled(record.kind)) return 0;
  return emit(&record, sizeof record) ? 1 : 0;
}

template <class Record>
void placeOnDevice(Record& record, uint32_t stream, uint32_t correlation) {
  record.deviceId = 0;
  record.contextId = 1;
  record.streamId = stream;
  record.correlationId = correlation;
}

}  // namespace

extern "C" {

int fakecupti_emit_kernel(const char* name, uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation,
                          uint32_t graphExec, uint64_t graphNode) {
  auto record = make<CUpti_ActivityKernel10>(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL);
  placeOnDevice(record, stream, correlation);
  record.name = name;
  record.graphId = graphExec;
  record.graphNodeId = graphNode;
  record.gridX = 128;
  record.gridY = record.gridZ = 1;
  record.blockX = 256;
  record.blockY = record.blockZ = 1;
  record.clusterX = record.clusterY = record.clusterZ = 1;
  record.registersPerThread = 64;
  record.staticSharedMemory = 1024;
  record.dynamicSharedMemory = 2048;
  record.sharedMemoryExecuted = 8192;
  record.channelID = 7;
  return send(record, start, end, true);
}

int fakecupti_emit_memcpy(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation, uint64_t bytes,
                          uint8_t copyKind) {
  auto record = make<CUpti_ActivityMemcpy6>(CUPTI_ACTIVITY_KIND_MEMCPY);
  placeOnDevice(record, stream, correlation);
  record.bytes = bytes;
  record.copyKind = copyKind;
  record.srcKind = CUPTI_ACTIVITY_MEMORY_KIND_PINNED;
  record.dstKind = CUPTI_ACTIVITY_MEMORY_KIND_DEVICE;
  return send(record, start, end, true);
}

int fakecupti_emit_peer_copy(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation, uint64_t bytes) {
  auto record = make<CUpti_ActivityMemcpyPtoP4>(CUPTI_ACTIVITY_KIND_MEMCPY2);
  placeOnDevice(record, stream, correlation);
  record.bytes = bytes;
  record.copyKind = CUPTI_ACTIVITY_MEMCPY_KIND_PTOP;
  record.srcKind = record.dstKind = CUPTI_ACTIVITY_MEMORY_KIND_DEVICE;
  return send(record, start, end, true);
}

int fakecupti_emit_memset(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation, uint64_t bytes) {
  auto record = make<CUpti_ActivityMemset4>(CUPTI_ACTIVITY_KIND_MEMSET);
  placeOnDevice(record, stream, correlation);
  record.bytes = bytes;
  record.memoryKind = CUPTI_ACTIVITY_MEMORY_KIND_DEVICE;
  return send(record, start, end, true);
}

int fakecupti_emit_graph(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation, uint32_t graphExec) {
  auto record = make<CUpti_ActivityGraphTrace2>(CUPTI_ACTIVITY_KIND_GRAPH_TRACE);
  placeOnDevice(record, stream, correlation);
  record.graphId = graphExec;
  return send(record, start, end, true);
}

int fakecupti_emit_overhead(uint32_t kind, uint64_t start, uint64_t end, uint32_t correlation) {
  auto record = make<CUpti_ActivityOverhead3>(CUPTI_ACTIVITY_KIND_OVERHEAD);
  record.overheadKind = static_cast<CUpti_ActivityOverheadKind>(kind);
  record.objectKind = CUPTI_ACTIVITY_OBJECT_THREAD;
  record.objectId.pt.processId = static_cast<uint32_t>(getpid());
  record.objectId.pt.threadId = threadId();
  record.correlationId = correlation;
  return send(record, start, end, false);
}

int fakecupti_emit_device(void) {
  auto record = make<CUpti_ActivityDevice5>(CUPTI_ACTIVITY_KIND_DEVICE);
  if (!kindEnabled(record.kind)) return 0;
  record.name = "Fake H200";
  record.numMultiprocessors = 132;
  record.numThreadsPerWarp = 32;
  record.maxWarpsPerMultiprocessor = 64;
  record.maxBlocksPerMultiprocessor = 32;
  record.maxSharedMemoryPerMultiprocessor = 233472;
  record.maxRegistersPerMultiprocessor = 65536;
  record.maxThreadsPerBlock = 1024;
  record.computeCapabilityMajor = 9;
  record.globalMemoryBandwidth = 4917504000;  // kB/s
  record.globalMemorySize = 150754820096;
  record.coreClockRate = 1980000;  // kHz
  return emit(&record, sizeof record) ? 1 : 0;
}

}  // extern "C"

// What a test can make the fake libcupti do: it stands for the GPU, the driver and CUPTI's own threads.
// Environment: FAKECUPTI_FAULTS (a comma list, see faults.h), FAKECUPTI_VERSION, FAKECUPTI_HOLDER.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FAKECUPTI_EXPORT __attribute__((visibility("default")))

// Records. Each is dropped silently when its kind is not enabled, as CUPTI does. Returns whether it was kept.
FAKECUPTI_EXPORT int fakecupti_emit_kernel(const char* mangledName, uint64_t start, uint64_t end, uint32_t stream,
                                           uint32_t correlation, uint32_t graphExec, uint64_t graphNode);
FAKECUPTI_EXPORT int fakecupti_emit_memcpy(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation,
                                           uint64_t bytes, uint8_t copyKind);
FAKECUPTI_EXPORT int fakecupti_emit_peer_copy(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation,
                                              uint64_t bytes);
FAKECUPTI_EXPORT int fakecupti_emit_memset(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation,
                                           uint64_t bytes);
FAKECUPTI_EXPORT int fakecupti_emit_graph(uint64_t start, uint64_t end, uint32_t stream, uint32_t correlation,
                                          uint32_t graphExec);
FAKECUPTI_EXPORT int fakecupti_emit_overhead(uint32_t kind, uint64_t start, uint64_t end, uint32_t correlation);
FAKECUPTI_EXPORT int fakecupti_emit_device(void);

// Callbacks, made on the calling thread if the subscriber enabled them. `cbid` is a CUPTI_CBID_RESOURCE_GRAPH*.
FAKECUPTI_EXPORT void fakecupti_graph_event(uint32_t cbid, uint64_t node, uint64_t originalNode, uint32_t graph,
                                            uint32_t originalGraph, uint32_t exec, uint32_t nodeType);

// A call into CUDA. The client is told of its start and end if it enabled that callback at that moment, and finds the
// `word` it left at the start at the end: 0 where it was not told of the start.
#define FAKECUPTI_NONE 0xffffffffu
typedef struct FakeCuptiCall {
  int driver;  // or of the runtime
  uint32_t cbid;
  uint32_t correlation;
  uint32_t result;
  uint32_t context;
  uint32_t stream;  // FAKECUPTI_NONE: a null handle
  uint32_t event;   // FAKECUPTI_NONE: a null handle
  uint64_t word;
} FakeCuptiCall;
FAKECUPTI_EXPORT void fakecupti_enter(FakeCuptiCall* call);
FAKECUPTI_EXPORT void fakecupti_exit(FakeCuptiCall* call);

// Plays a file recorded on a real GPU (GAPSCOPE_DUMP), its buffers spread over `threads` threads. `onStack` is told
// of the NVTX ranges that were open when each graph node was made, before its callback. Calls are made after that, on
// as many threads as there were. Returns the number of records and calls, or -1 with the reason on stderr.
typedef void (*FakeCuptiStack)(const char* const* names, uint32_t depth, void* user);
FAKECUPTI_EXPORT int64_t fakecupti_replay(const char* path, int threads, FakeCuptiStack onStack, void* user);

// Another client of CUPTI (torch.profiler) registers callbacks of its own; ours are no longer called.
FAKECUPTI_EXPORT void fakecupti_steal_buffers(void);

FAKECUPTI_EXPORT int fakecupti_kind_enabled(uint32_t kind);
// Callbacks for calls that are enabled now, of the driver or the runtime.
FAKECUPTI_EXPORT uint32_t fakecupti_calls_enabled(int driver);
// emitted, dropped, requested, completed, flushes, violations; a violation is a rule of CUPTI's that the client broke.
FAKECUPTI_EXPORT uint64_t fakecupti_count(const char* what);

#ifdef __cplusplus
}
#endif

#include "workload.h"

#include <cupti.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

#include "standing.h"

namespace harness {
namespace {

std::atomic<uint32_t> correlation{0};
std::atomic<uint64_t> done{0};
std::atomic<uint32_t> graphIds{0};

const char* const kKernels[] = {
    "_Z10layer_normPKfPfi",
    "_ZN2at6native18elementwise_kernelILi128ELi4EEEvi",
    "plain_name",
    "_Z16attention_kernelILi64ELb1EEvPK6__halfPS0_if",
};

std::atomic<uint32_t> eventIds{100};

uint64_t now() { return static_cast<uint64_t>(nowNs()); }

// A call that is over at once; its correlation.
uint32_t driverCall(uint32_t cbid, uint32_t stream = FAKECUPTI_NONE, uint32_t event = FAKECUPTI_NONE,
                    uint32_t result = 0) {
  const uint32_t id = nextCorrelation();
  const Call call(true, cbid, id, stream, event, result);
  return id;
}

}  // namespace

Call::Call(bool driver, uint32_t cbid, uint32_t correlation, uint32_t stream, uint32_t event, uint32_t result) {
  call_.driver = driver ? 1 : 0;
  call_.cbid = cbid;
  call_.correlation = correlation;
  call_.result = result;
  call_.context = 1;
  call_.stream = stream;
  call_.event = event;
  fake().enter(&call_);
}

Call::~Call() { fake().exit(&call_); }

uint32_t nextCorrelation() { return ++correlation; }

void oneRound() {
  const Fake& gpu = fake();
  const uint64_t round = done.fetch_add(1);
  const uint32_t id = nextCorrelation();
  {
    const Call runtime(false, CUPTI_RUNTIME_TRACE_CBID_cudaLaunchKernel_v7000, id);
    const Call driver(true, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, id);
  }
  { const Call unasked(false, CUPTI_RUNTIME_TRACE_CBID_cudaGetDevice_v3020, nextCorrelation()); }
  const uint64_t at = now();
  gpu.emit_kernel(kKernels[round % 4], at + 1000, at + 1500 + round % 100, 7 + round % 3, id, 0, 0);
  if (round % 10 == 0) {
    gpu.emit_memcpy(at + 2000, at + 2600, 7, driverCall(CUPTI_DRIVER_TRACE_CBID_cuMemcpyHtoDAsync_v2), 4096,
                    CUPTI_ACTIVITY_MEMCPY_KIND_HTOD);
    gpu.emit_memset(at + 2700, at + 2800, 7, driverCall(CUPTI_DRIVER_TRACE_CBID_cuMemsetD32Async), 512);
    gpu.emit_peer_copy(at + 2900, at + 2950, 7, driverCall(CUPTI_DRIVER_TRACE_CBID_cuMemcpyPeerAsync), 1024);
  }
  if (round % 20 == 0) {
    // Each thread has an event of its own, and records it anew each time.
    thread_local const uint32_t event = ++eventIds;
    driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord, 7, event);
    driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent, 8, event);
    driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventSynchronize, FAKECUPTI_NONE, event);
    driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamSynchronize, 8);
    gpu.emit_overhead(CUPTI_ACTIVITY_OVERHEAD_COMMAND_BUFFER_FULL, at, at + 100, id);
  }
}

uint64_t rounds() { return done.load(); }

void graph(uint32_t nodes, uint32_t replays) {
  const Fake& gpu = fake();
  const uint32_t made = ++graphIds;
  const uint32_t exec = ++graphIds;
  const auto node = [](uint32_t owner, uint32_t local) { return uint64_t{owner} << 32 | local; };
  for (uint32_t i = 0; i < nodes; ++i) {
    gpu.graph_event(CUPTI_CBID_RESOURCE_GRAPHNODE_CREATED, node(made, i), 0, made, 0, 0, 0);
  }
  for (uint32_t i = 0; i < nodes; ++i) {
    gpu.graph_event(CUPTI_CBID_RESOURCE_GRAPHNODE_CLONED, node(exec, i), node(made, i), exec, made, 0, 0);
  }
  gpu.graph_event(CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED, 0, 0, made, 0, exec, 0);
  for (uint32_t replay = 0; replay < replays; ++replay) {
    const uint32_t id = driverCall(CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch);
    const uint64_t at = now();
    for (uint32_t i = 0; i < nodes; ++i) {
      gpu.emit_kernel(kKernels[i % 4], at + 6000 + i * 700, at + 6500 + i * 700, 7, id, exec, node(exec, i));
    }
    gpu.emit_graph(at + 6000, at + 6500 + nodes * 700, 7, id, exec);
  }
  gpu.graph_event(CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING, 0, 0, made, 0, exec, 0);
}

void events() {
  constexpr uint32_t kFirst = 1, kSecond = 2, kThird = 3, kOutOfReach = 700;
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord, 7, kFirst);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent, 8, kFirst);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecordWithFlags, 8, kFirst);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventSynchronize, FAKECUPTI_NONE, kFirst);
  // One that fails: the one before still counts.
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord, 9, kFirst, kOutOfReach);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent, 9, kFirst);
  {
    // Recorded anew by another thread while this one waits for the one before.
    const Call wait(true, CUPTI_DRIVER_TRACE_CBID_cuEventSynchronize, nextCorrelation(), FAKECUPTI_NONE, kFirst);
    std::thread([] { driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord, 10, kFirst); }).join();
  }
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent, 7, kFirst);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent, 7, kSecond);  // never recorded
  // The null stream: the legacy default stream, or the thread's own.
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord, FAKECUPTI_NONE, kThird);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuEventRecord_ptsz, FAKECUPTI_NONE, kThird);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamSynchronize, 9);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuStreamSynchronize_ptsz, FAKECUPTI_NONE);
  driverCall(CUPTI_DRIVER_TRACE_CBID_cuCtxSynchronize);
}

}  // namespace harness

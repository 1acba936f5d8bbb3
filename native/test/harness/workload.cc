#include "workload.h"

#include <cupti.h>

#include <atomic>
#include <cstdio>
#include <string>

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

uint64_t now() { return static_cast<uint64_t>(nowNs()); }

}  // namespace

void oneRound() {
  const Fake& gpu = fake();
  const uint64_t round = done.fetch_add(1);
  const uint32_t id = ++correlation;
  const uint64_t at = now();
  gpu.emit_call(1, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, at, at + 900, id, 0);
  gpu.emit_call(0, CUPTI_RUNTIME_TRACE_CBID_cudaGetDevice_v3020, at, at + 50, id, 0);
  gpu.emit_kernel(kKernels[round % 4], at + 1000, at + 1500 + round % 100, 7 + round % 3, id, 0, 0);
  if (round % 10 == 0) {
    gpu.emit_call(1, CUPTI_DRIVER_TRACE_CBID_cuMemcpyHtoDAsync_v2, at, at + 800, ++correlation, 0);
    gpu.emit_memcpy(at + 2000, at + 2600, 7, correlation, 4096, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD);
    gpu.emit_memset(at + 2700, at + 2800, 7, ++correlation, 512);
    gpu.emit_peer_copy(at + 2900, at + 2950, 7, ++correlation, 1024);
  }
  if (round % 20 == 0) {
    gpu.emit_event(7, 3, round, ++correlation);
    gpu.emit_sync(CUPTI_ACTIVITY_SYNCHRONIZATION_TYPE_STREAM_SYNCHRONIZE, at, at + 3000, 7, 0xffffffffu, 0,
                  ++correlation);
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
    const uint32_t id = ++correlation;
    const uint64_t at = now();
    gpu.emit_call(1, CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch, at, at + 5000, id, 0);
    for (uint32_t i = 0; i < nodes; ++i) {
      gpu.emit_kernel(kKernels[i % 4], at + 6000 + i * 700, at + 6500 + i * 700, 7, id, exec, node(exec, i));
    }
    gpu.emit_graph(at + 6000, at + 6500 + nodes * 700, 7, id, exec);
  }
  gpu.graph_event(CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING, 0, 0, made, 0, exec, 0);
}

}  // namespace harness

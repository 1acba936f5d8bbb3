#include "names.h"

#include <cupti.h>

#include <cstddef>

namespace fakecupti {
namespace {

struct Name {
  uint32_t id;
  const char* text;
};

#define DRIVER(name) \
  { CUPTI_DRIVER_TRACE_CBID_##name, #name }
#define RUNTIME(name) \
  { CUPTI_RUNTIME_TRACE_CBID_##name, #name }

constexpr Name kDriver[] = {
    DRIVER(cuCtxSynchronize),
    DRIVER(cuModuleLoad),
    DRIVER(cuModuleLoadData),
    DRIVER(cuModuleLoadDataEx),
    DRIVER(cuModuleLoadFatBinary),
    DRIVER(cuModuleUnload),
    DRIVER(cuMemAlloc),
    DRIVER(cuMemFree),
    DRIVER(cuMemFreeHost),
    DRIVER(cuMemHostAlloc),
    DRIVER(cuEventCreate),
    DRIVER(cuEventRecord),
    DRIVER(cuEventQuery),
    DRIVER(cuEventSynchronize),
    DRIVER(cuStreamSynchronize),
    DRIVER(cuMemsetD8Async),
    DRIVER(cuMemsetD32Async),
    DRIVER(cuMemsetD2D8Async),
    DRIVER(cuMemAlloc_v2),
    DRIVER(cuMemAllocPitch_v2),
    DRIVER(cuMemFree_v2),
    DRIVER(cuMemsetD8_v2),
    DRIVER(cuMemsetD32_v2),
    DRIVER(cuMemsetD2D8_v2),
    DRIVER(cuMemcpyHtoD_v2),
    DRIVER(cuMemcpyHtoDAsync_v2),
    DRIVER(cuMemcpyDtoH_v2),
    DRIVER(cuMemcpyDtoHAsync_v2),
    DRIVER(cuMemcpyDtoD_v2),
    DRIVER(cuMemcpyDtoDAsync_v2),
    DRIVER(cuMemcpy2DAsync_v2),
    DRIVER(cuStreamWaitEvent),
    DRIVER(cuCtxGetCurrent),
    DRIVER(cuMemcpyAsync),
    DRIVER(cuLaunchKernel),
    DRIVER(cuProfilerStart),
    DRIVER(cuProfilerStop),
    DRIVER(cuMemcpyPeerAsync),
    DRIVER(cuMemAllocManaged),
    DRIVER(cuMemHostRegister_v2),
    DRIVER(cuMemcpyHtoD_v2_ptds),
    DRIVER(cuMemcpyDtoH_v2_ptds),
    DRIVER(cuMemcpyDtoD_v2_ptds),
    DRIVER(cuMemcpyAsync_ptsz),
    DRIVER(cuMemcpyHtoDAsync_v2_ptsz),
    DRIVER(cuMemcpyDtoHAsync_v2_ptsz),
    DRIVER(cuMemcpyDtoDAsync_v2_ptsz),
    DRIVER(cuMemcpy2DAsync_v2_ptsz),
    DRIVER(cuMemcpyPeerAsync_ptsz),
    DRIVER(cuMemsetD8Async_ptsz),
    DRIVER(cuMemsetD32Async_ptsz),
    DRIVER(cuMemsetD2D8Async_ptsz),
    DRIVER(cuStreamWaitEvent_ptsz),
    DRIVER(cuStreamSynchronize_ptsz),
    DRIVER(cuEventRecord_ptsz),
    DRIVER(cuLaunchKernel_ptsz),
    DRIVER(cuLaunchCooperativeKernel),
    DRIVER(cuLaunchCooperativeKernel_ptsz),
    DRIVER(cuStreamEndCapture),
    DRIVER(cuGraphInstantiate),
    DRIVER(cuGraphLaunch),
    DRIVER(cuGraphLaunch_ptsz),
    DRIVER(cuLaunchHostFunc),
    DRIVER(cuStreamBeginCapture_v2),
    DRIVER(cuMemCreate),
    DRIVER(cuMemRelease),
    DRIVER(cuMemMap),
    DRIVER(cuMemUnmap),
    DRIVER(cuMemSetAccess),
    DRIVER(cuGraphExecUpdate),
    DRIVER(cuGraphInstantiate_v2),
    DRIVER(cuEventRecordWithFlags),
    DRIVER(cuMemAllocAsync),
    DRIVER(cuMemFreeAsync),
    DRIVER(cuMemAllocFromPoolAsync),
    DRIVER(cuGraphInstantiateWithFlags),
    DRIVER(cuLaunchKernelEx),
    DRIVER(cuLaunchKernelEx_ptsz),
    DRIVER(cuGraphInstantiateWithParams),
    DRIVER(cuGraphInstantiateWithParams_ptsz),
    DRIVER(cuLibraryLoadData),
    DRIVER(cuLibraryLoadFromFile),
    DRIVER(cuLibraryUnload),
    DRIVER(cuGraphExecUpdate_v2),
    DRIVER(cuEventRecordWithFlags_ptsz),
    DRIVER(cuCtxSynchronize_v2),
};

constexpr Name kRuntime[] = {
    RUNTIME(cudaGetLastError_v3020),
    RUNTIME(cudaGetDevice_v3020),
    RUNTIME(cudaMalloc_v3020),
    RUNTIME(cudaFree_v3020),
    RUNTIME(cudaMallocHost_v3020),
    RUNTIME(cudaFreeHost_v3020),
    RUNTIME(cudaHostAlloc_v3020),
    RUNTIME(cudaMemcpy_v3020),
    RUNTIME(cudaMemcpyAsync_v3020),
    RUNTIME(cudaMemcpy2DAsync_v3020),
    RUNTIME(cudaMemset_v3020),
    RUNTIME(cudaMemsetAsync_v3020),
    RUNTIME(cudaStreamSynchronize_v3020),
    RUNTIME(cudaEventRecord_v3020),
    RUNTIME(cudaEventSynchronize_v3020),
    RUNTIME(cudaEventQuery_v3020),
    RUNTIME(cudaStreamWaitEvent_v3020),
    RUNTIME(cudaHostRegister_v4000),
    RUNTIME(cudaDeviceSynchronize_v3020),
    RUNTIME(cudaProfilerStart_v4000),
    RUNTIME(cudaProfilerStop_v4000),
    RUNTIME(cudaMallocManaged_v6000),
    RUNTIME(cudaLaunchKernel_v7000),
    RUNTIME(cudaLaunchKernel_ptsz_v7000),
    RUNTIME(cudaMemcpyAsync_ptsz_v7000),
    RUNTIME(cudaMemcpy2DAsync_ptsz_v7000),
    RUNTIME(cudaMemsetAsync_ptsz_v7000),
    RUNTIME(cudaStreamSynchronize_ptsz_v7000),
    RUNTIME(cudaEventRecord_ptsz_v7000),
    RUNTIME(cudaLaunchCooperativeKernel_v9000),
    RUNTIME(cudaGraphInstantiate_v10000),
    RUNTIME(cudaGraphLaunch_v10000),
    RUNTIME(cudaStreamIsCapturing_v10000),
    RUNTIME(cudaGraphExecUpdate_v10020),
    RUNTIME(cudaEventRecordWithFlags_v11010),
    RUNTIME(cudaEventRecordWithFlags_ptsz_v11010),
    RUNTIME(cudaMallocAsync_v11020),
    RUNTIME(cudaFreeAsync_v11020),
    RUNTIME(cudaGraphInstantiateWithFlags_v11040),
    RUNTIME(cudaLaunchKernelExC_v11060),
    RUNTIME(cudaLaunchKernelExC_ptsz_v11060),
    RUNTIME(cudaGraphInstantiateWithParams_v12000),
    RUNTIME(cudaGraphInstantiateWithParams_ptsz_v12000),
    RUNTIME(cudaGraphInstantiate_v12000),
};

template <size_t N>
const char* find(const Name (&names)[N], uint32_t id) {
  for (const Name& name : names) {
    if (name.id == id) return name.text;
  }
  return nullptr;
}

}  // namespace

const char* callName(bool driver, uint32_t cbid) { return driver ? find(kDriver, cbid) : find(kRuntime, cbid); }

}  // namespace fakecupti

// Calls into CUDA: the client hears of their start and end, on the thread that makes them, where it asked to.
#include <cupti.h>

#include <cstring>

#include "fakecupti.h"
#include "names.h"
#include "subscriber.h"

namespace {

// A handle is its id, plus one so that id 0 is no null handle.
template <class Handle>
Handle handleOf(uint32_t id) {
  return reinterpret_cast<Handle>(static_cast<uintptr_t>(id) + 1);
}

void tell(FakeCuptiCall* call, CUpti_ApiCallbackSite site) {
  CUpti_CallbackData data;
  memset(&data, 0, sizeof data);
  data.callbackSite = site;
  data.functionName = fakecupti::callName(call->driver != 0, call->cbid);
  data.context = handleOf<CUcontext>(call->context);
  data.contextUid = call->context;
  data.correlationId = call->correlation;
  data.correlationData = &call->word;
  // Only at the end is there a result; before, CUPTI's pointer leads nowhere useful.
  uint32_t result = site == CUPTI_API_EXIT ? call->result : 0xdeadbeef;
  data.functionReturnValue = &result;

  cuEventRecordWithFlags_params record;
  cuStreamWaitEvent_params streamWaits;
  cuEventSynchronize_params wait;
  cuStreamSynchronize_params streamWait;
  memset(&record, 0, sizeof record);
  memset(&streamWaits, 0, sizeof streamWaits);
  const auto event = call->event == FAKECUPTI_NONE ? nullptr : handleOf<CUevent>(call->event);
  const auto stream = call->stream == FAKECUPTI_NONE ? nullptr : handleOf<CUstream>(call->stream);
  if (call->driver != 0) {
    switch (call->cbid) {
      case CUPTI_DRIVER_TRACE_CBID_cuEventRecord:
      case CUPTI_DRIVER_TRACE_CBID_cuEventRecord_ptsz:
      case CUPTI_DRIVER_TRACE_CBID_cuEventRecordWithFlags:
      case CUPTI_DRIVER_TRACE_CBID_cuEventRecordWithFlags_ptsz:
        record.hEvent = event;
        record.hStream = stream;
        data.functionParams = &record;
        break;
      case CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent:
      case CUPTI_DRIVER_TRACE_CBID_cuStreamWaitEvent_ptsz:
        streamWaits.hStream = stream;
        streamWaits.hEvent = event;
        data.functionParams = &streamWaits;
        break;
      case CUPTI_DRIVER_TRACE_CBID_cuEventSynchronize:
        wait.hEvent = event;
        data.functionParams = &wait;
        break;
      case CUPTI_DRIVER_TRACE_CBID_cuStreamSynchronize:
      case CUPTI_DRIVER_TRACE_CBID_cuStreamSynchronize_ptsz:
        streamWait.hStream = stream;
        data.functionParams = &streamWait;
        break;
      default: break;
    }
  }
  fakecupti::callBack(call->driver != 0 ? CUPTI_CB_DOMAIN_DRIVER_API : CUPTI_CB_DOMAIN_RUNTIME_API, call->cbid, &data);
}

}  // namespace

extern "C" {

void fakecupti_enter(FakeCuptiCall* call) {
  call->word = 0;
  tell(call, CUPTI_API_ENTER);
}

void fakecupti_exit(FakeCuptiCall* call) { tell(call, CUPTI_API_EXIT); }

// The null stream is the legacy default one, of id 7 as on a real GPU, or the thread's own.
CUptiResult cuptiGetStreamIdEx(CUcontext context, CUstream stream, uint8_t perThreadStream, uint32_t* id) {
  if (id == nullptr || context == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  *id = stream != nullptr ? static_cast<uint32_t>(reinterpret_cast<uintptr_t>(stream) - 1) : perThreadStream ? 14 : 7;
  return CUPTI_SUCCESS;
}

}  // extern "C"

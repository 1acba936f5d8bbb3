#include "call_recorder.h"

#include "clock.h"

namespace gapscope::capture {
namespace {

constexpr uint32_t kMostCallbackIds = 2000;

}  // namespace

void CallRecorder::find() {
  const char* name = nullptr;
  driverKinds_.assign(kMostCallbackIds, Kind());
  for (CUpti_CallbackId id = 1; id < kMostCallbackIds; ++id) {
    if (cupti_.cuptiGetCallbackName(CUPTI_CB_DOMAIN_DRIVER_API, id, &name) == CUPTI_SUCCESS && name != nullptr &&
        isListedDriverCall(name)) {
      driverKinds_[id] = {meaningOfDriverCall(name), hasThreadDefaultStream(name)};
      driver_.push_back(id);
    }
    if (settings_.api == ApiDomain::kBoth &&
        cupti_.cuptiGetCallbackName(CUPTI_CB_DOMAIN_RUNTIME_API, id, &name) == CUPTI_SUCCESS && name != nullptr &&
        isListedRuntimeCall(name)) {
      runtime_.push_back(id);
    }
  }
  found_.store(true, std::memory_order_release);
}

void CallRecorder::listen(bool on) {
  if (!found_.load()) find();
  for (const CUpti_CallbackId id : driver_) {
    cupti_.cuptiEnableCallback(on ? 1 : 0, cupti_.subscriber, CUPTI_CB_DOMAIN_DRIVER_API, id);
  }
  for (const CUpti_CallbackId id : runtime_) {
    cupti_.cuptiEnableCallback(on ? 1 : 0, cupti_.subscriber, CUPTI_CB_DOMAIN_RUNTIME_API, id);
  }
}

CallRecorder::Kind CallRecorder::kindOf(bool isDriver, CUpti_CallbackId id) const {
  if (!isDriver || !found_.load(std::memory_order_acquire) || id >= driverKinds_.size()) return Kind();
  return driverKinds_[id];
}

uint32_t CallRecorder::streamId(CUcontext context, CUstream stream, bool threadDefault) const {
  uint32_t id = 0;
  if (cupti_.cuptiGetStreamIdEx != nullptr) cupti_.cuptiGetStreamIdEx(context, stream, threadDefault ? 1 : 0, &id);
  return id;
}

EventRecording CallRecorder::recordingOf(CUevent event, bool isNew) {
  if (event == nullptr) return {};
  std::lock_guard<std::mutex> lock(mutex_);
  const auto number = static_cast<uint32_t>(recordings_.size());
  EventRecording& recording = recordings_.try_emplace(event, EventRecording{number, 0}).first->second;
  if (isNew) recording.syncId = ++lastSyncId_;
  return recording;
}

void CallRecorder::describe(CallEvent* event, Kind kind, const CUpti_CallbackData& call, const ThreadLog& log) {
  EventRecording recording;
  CUstream stream = nullptr;
  bool hasStream = true;
  switch (kind.meaning) {
    case CallMeaning::kEventRecord: {
      const auto& params = *static_cast<const cuEventRecord_params*>(call.functionParams);
      // A recording that failed is none; waits are for the one before.
      recording = recordingOf(params.hEvent, event->result == 0);
      stream = params.hStream;
      break;
    }
    case CallMeaning::kStreamWaitsEvent: {
      const auto& params = *static_cast<const cuStreamWaitEvent_params*>(call.functionParams);
      recording = recordingOf(params.hEvent, false);
      stream = params.hStream;
      break;
    }
    case CallMeaning::kEventWait:
      recording = log.waitedFor;
      hasStream = false;
      break;
    case CallMeaning::kStreamWait:
      stream = static_cast<const cuStreamSynchronize_params*>(call.functionParams)->hStream;
      break;
    case CallMeaning::kContextWait:
    case CallMeaning::kWork:
    case CallMeaning::kPlain: hasStream = false; break;
  }
  event->context = call.contextUid;
  event->stream = hasStream ? streamId(call.context, stream, kind.threadDefaultStream) : 0;
  event->event = recording.event;
  event->syncId = recording.syncId;
}

void CallRecorder::onCallback(ThreadLog& log, bool isDriver, CUpti_CallbackId id, const CUpti_CallbackData& call) {
  const Kind kind = kindOf(isDriver, id);
  // CUPTI keeps this word for us from a call's start to its end.
  if (call.callbackSite == CUPTI_API_ENTER) {
    // Another thread may record the event anew while this one waits.
    if (kind.meaning == CallMeaning::kEventWait && call.functionParams != nullptr) {
      log.waitedFor = recordingOf(static_cast<const cuEventSynchronize_params*>(call.functionParams)->hEvent, false);
    }
    *call.correlationData = static_cast<uint64_t>(nowNs());
    return;
  }
  const auto start = static_cast<int64_t>(*call.correlationData);
  if (start == 0) return;     // it began before we listened
  *call.correlationData = 0;  // should CUPTI use the word again for a call whose start we do not hear of
  CallEvent event{};
  event.startNs = start;
  event.endNs = nowNs();
  event.correlation = call.correlationId;
  event.callbackId = id;
  event.isDriver = isDriver;
  event.meaning = kind.meaning;
  // Both of CUDA's result types are plain enumerations of int's size.
  if (call.functionReturnValue != nullptr) {
    event.result = static_cast<uint16_t>(*static_cast<const uint32_t*>(call.functionReturnValue));
  }
  // cuCtxSynchronize has no parameters.
  const bool isWait = event.meaning == CallMeaning::kContextWait;
  if (isWait || (event.meaning > CallMeaning::kWork && call.functionParams != nullptr))
    describe(&event, kind, call, log);
  log.calls.add(event);
}

}  // namespace gapscope::capture

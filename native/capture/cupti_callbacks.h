// What CUPTI calls back: buffers wanted and returned, graphs made, the profiler switched on and off.
#pragma once

#include "cupti_api.h"

namespace gapscope::capture {

class Session;

void CUPTIAPI bufferRequested(uint8_t** buffer, size_t* size, size_t* maxNumRecords);
void CUPTIAPI bufferCompleted(CUcontext context, uint32_t streamId, uint8_t* buffer, size_t size, size_t validSize);
void CUPTIAPI onCallback(void* userdata, CUpti_CallbackDomain domain, CUpti_CallbackId id, const void* data);

// Switches the callbacks on that are needed throughout.
void enableCallbacks(Session& session);

}  // namespace gapscope::capture

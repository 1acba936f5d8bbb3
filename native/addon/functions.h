// What the addon offers to JavaScript.
#pragma once

#include <napi.h>

#include <string>

namespace gapscope::addon {

// What is on this machine: driver, GPUs, libcupti, the capture library. Nothing of it need be there.
Napi::Value probe(const Napi::CallbackInfo& info);

// Capture of the CUDA work of this Node process.
Napi::Value startCapture(const Napi::CallbackInfo& info);
Napi::Value stopCapture(const Napi::CallbackInfo& info);
Napi::Value captureStatus(const Napi::CallbackInfo& info);

// The capture library: GAPSCOPE_LIBRARY, or the one beside the addon.
std::string libraryPath();

}  // namespace gapscope::addon

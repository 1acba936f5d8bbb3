#include "functions.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  using namespace gapscope::addon;
  exports.Set("probe", Napi::Function::New(env, probe, "probe"));
  exports.Set("startCapture", Napi::Function::New(env, startCapture, "startCapture"));
  exports.Set("stopCapture", Napi::Function::New(env, stopCapture, "stopCapture"));
  exports.Set("captureStatus", Napi::Function::New(env, captureStatus, "captureStatus"));
  return exports;
}

}  // namespace

NODE_API_MODULE(gapscope, initialize)

// Starts and stops the capture library inside this process: for CUDA work done by Node itself (onnxruntime-node,
// node-llama-cpp). The library is loaded at the first start, and stays.
#include <dlfcn.h>

#include <cstdlib>

#include "functions.h"

namespace gapscope::addon {
namespace {

// A symbol of the addon, by whose address the addon's file is found.
void anchor() {}

struct Library {
  int (*start)(const char*) = nullptr;
  int (*stop)() = nullptr;
  const char* (*status)() = nullptr;
};

Library& loaded() {
  static Library library;
  return library;
}

// Throws a JavaScript error that says what is missing and what to do.
const Library& load(Napi::Env env) {
  Library& library = loaded();
  if (library.start != nullptr) return library;
  const std::string path = libraryPath();
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    throw Napi::Error::New(env, "the capture library cannot be loaded: " + std::string(dlerror()) +
                                    "; build it with `npm run build:native`, which needs the CUDA headers");
  }
  const auto stop = reinterpret_cast<int (*)()>(dlsym(handle, "gapscope_stop"));
  const auto status = reinterpret_cast<const char* (*)()>(dlsym(handle, "gapscope_status"));
  const auto start = reinterpret_cast<int (*)(const char*)>(dlsym(handle, "gapscope_start"));
  if (start == nullptr || stop == nullptr || status == nullptr) {
    throw Napi::Error::New(env, path + " is not gapscope's capture library");
  }
  library = {start, stop, status};
  return library;
}

Napi::Value parse(Napi::Env env, const char* json) {
  const auto object = env.Global().Get("JSON").As<Napi::Object>();
  return object.Get("parse").As<Napi::Function>().Call(object, {Napi::String::New(env, json)});
}

}  // namespace

std::string libraryPath() {
  const char* wanted = getenv("GAPSCOPE_LIBRARY");
  if (wanted != nullptr && *wanted != '\0') return wanted;
  Dl_info info{};
  std::string path = "libgapscope_capture.so";
  if (dladdr(reinterpret_cast<void*>(&anchor), &info) == 0 || info.dli_fname == nullptr) return path;
  const std::string addon = info.dli_fname;
  const size_t slash = addon.rfind('/');
  return slash == std::string::npos ? path : addon.substr(0, slash + 1) + path;
}

Napi::Value startCapture(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsObject()) throw Napi::TypeError::New(env, "startCapture({out}) wants an object");
  const Napi::Value out = info[0].As<Napi::Object>().Get("out");
  if (!out.IsString()) throw Napi::TypeError::New(env, "startCapture: `out` must name a folder");
  const Library& library = load(env);
  const std::string folder = out.As<Napi::String>().Utf8Value();
  switch (library.start(folder.c_str())) {
    case 0: return parse(env, library.status());
    case 2: {
      // It records ranges now, which nobody asked for.
      const auto status = parse(env, library.status()).As<Napi::Object>();
      library.stop();
      throw Napi::Error::New(env, "the GPU cannot be captured: " + status.Get("capture").ToString().Utf8Value());
    }
    default: throw Napi::Error::New(env, "a capture is running already; stop it first");
  }
}

Napi::Value stopCapture(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Library& library = loaded();
  if (library.stop == nullptr || library.stop() != 0) throw Napi::Error::New(env, "no capture is running");
  return env.Undefined();
}

// What is known so far: the rows of `status`; an empty object without a capture.
Napi::Value captureStatus(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Library& library = loaded();
  return library.status == nullptr ? Napi::Object::New(env) : parse(env, library.status());
}

}  // namespace gapscope::addon

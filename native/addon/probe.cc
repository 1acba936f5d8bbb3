#include <sys/stat.h>

#include "cuda_driver.h"
#include "cupti_search.h"
#include "functions.h"

namespace gapscope::addon {
namespace {

Napi::Object driverObject(Napi::Env env, const Driver& driver) {
  Napi::Object object = Napi::Object::New(env);
  if (!driver.version.empty()) object.Set("version", driver.version);
  if (!driver.path.empty()) object.Set("path", driver.path);
  if (!driver.error.empty()) object.Set("error", driver.error);
  return object;
}

Napi::Array deviceArray(Napi::Env env, const Driver& driver) {
  Napi::Array array = Napi::Array::New(env);
  for (uint32_t i = 0; i < driver.devices.size(); ++i) {
    const Device& device = driver.devices[i];
    Napi::Object object = Napi::Object::New(env);
    object.Set("index", i);
    object.Set("name", device.name);
    object.Set("uuid", device.uuid);
    for (const auto& [name, value] : device.limits) object.Set(name, value);
    array.Set(i, object);
  }
  return array;
}

Napi::Object cuptiObject(Napi::Env env, const Cupti& cupti) {
  Napi::Object object = Napi::Object::New(env);
  if (cupti.error.empty()) {
    object.Set("path", cupti.path);
    object.Set("version", cuptiVersionText(cupti.version));
    object.Set("apiVersion", cupti.version);
    return object;
  }
  object.Set("error", cupti.error);
  Napi::Array searched = Napi::Array::New(env);
  for (uint32_t i = 0; i < cupti.searched.size(); ++i) searched.Set(i, cupti.searched[i]);
  object.Set("searched", searched);
  return object;
}

}  // namespace

Napi::Value probe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Driver driver = examineDriver();
  Napi::Object result = Napi::Object::New(env);
  result.Set("driver", driverObject(env, driver));
  result.Set("devices", deviceArray(env, driver));
  result.Set("cupti", cuptiObject(env, findCupti()));
  struct stat status {};
  Napi::Object library = Napi::Object::New(env);
  library.Set("path", libraryPath());
  library.Set("found", stat(libraryPath().c_str(), &status) == 0);
  result.Set("library", library);
  return result;
}

}  // namespace gapscope::addon

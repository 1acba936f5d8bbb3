#include "cuda_driver.h"

#include <dlfcn.h>

#include <cstdio>

namespace gapscope::addon {
namespace {

// cuda.h is not needed to build the addon, so the few values used are repeated here. They are part of the driver's ABI.
using Result = int;
using DeviceHandle = int;
constexpr Result kSuccess = 0;
constexpr double kHzPerKHz = 1000;

struct Limit {
  const char* name;
  int attribute;  // CU_DEVICE_ATTRIBUTE_…
  double unit;
};
constexpr Limit kLimits[] = {
    {"computeMajor", 75, 1},
    {"computeMinor", 76, 1},
    {"sms", 16, 1},
    {"warpSize", 10, 1},
    {"maxThreadsPerSm", 39, 1},
    {"maxThreadsPerBlock", 1, 1},
    {"maxBlocksPerSm", 106, 1},
    {"maxRegistersPerSm", 82, 1},
    {"maxRegistersPerBlock", 12, 1},
    {"maxSharedPerSm", 81, 1},
    {"maxSharedPerBlock", 8, 1},
    {"maxSharedPerBlockOptin", 97, 1},
    {"l2Bytes", 38, 1},
    {"memoryClockHz", 36, kHzPerKHz},
    {"memoryBusBits", 37, 1},
    {"coreClockHz", 13, kHzPerKHz},
};

struct Api {
  Result (*cuInit)(unsigned) = nullptr;
  Result (*cuGetErrorString)(Result, const char**) = nullptr;
  Result (*cuDriverGetVersion)(int*) = nullptr;
  Result (*cuDeviceGetCount)(int*) = nullptr;
  Result (*cuDeviceGet)(DeviceHandle*, int) = nullptr;
  Result (*cuDeviceGetName)(char*, int, DeviceHandle) = nullptr;
  Result (*cuDeviceGetUuid_v2)(unsigned char*, DeviceHandle) = nullptr;
  Result (*cuDeviceTotalMem_v2)(size_t*, DeviceHandle) = nullptr;
  Result (*cuDeviceGetAttribute)(int*, int, DeviceHandle) = nullptr;

  // Name of the first symbol that is not there, or null.
  const char* load(void* handle) {
    const char* missing = nullptr;
    const auto find = [&](const char* name, auto& function) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
      if (function == nullptr && missing == nullptr) missing = name;
    };
    find("cuInit", cuInit);
    find("cuGetErrorString", cuGetErrorString);
    find("cuDriverGetVersion", cuDriverGetVersion);
    find("cuDeviceGetCount", cuDeviceGetCount);
    find("cuDeviceGet", cuDeviceGet);
    find("cuDeviceGetName", cuDeviceGetName);
    find("cuDeviceGetUuid_v2", cuDeviceGetUuid_v2);
    find("cuDeviceTotalMem_v2", cuDeviceTotalMem_v2);
    find("cuDeviceGetAttribute", cuDeviceGetAttribute);
    return missing;
  }
  std::string text(Result result) const {
    const char* text = nullptr;
    if (cuGetErrorString(result, &text) != kSuccess || text == nullptr) return "CUDA error " + std::to_string(result);
    return text;
  }
};

Device examineDevice(const Api& api, DeviceHandle handle) {
  Device device;
  char name[256] = "";
  if (api.cuDeviceGetName(name, sizeof name, handle) == kSuccess) device.name = name;
  unsigned char uuid[16] = {};
  if (api.cuDeviceGetUuid_v2(uuid, handle) == kSuccess) {
    char digits[3];
    for (const unsigned char byte : uuid) {
      snprintf(digits, sizeof digits, "%02x", byte);
      device.uuid += digits;
    }
  }
  for (const Limit& limit : kLimits) {
    int value = 0;
    if (api.cuDeviceGetAttribute(&value, limit.attribute, handle) != kSuccess) continue;
    device.limits.emplace_back(limit.name, value * limit.unit);
  }
  size_t bytes = 0;
  if (api.cuDeviceTotalMem_v2(&bytes, handle) == kSuccess) {
    device.limits.emplace_back("memoryBytes", static_cast<double>(bytes));
  }
  return device;
}

}  // namespace

Driver examineDriver() {
  Driver driver;
  void* handle = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    driver.error = std::string("libcuda.so.1 cannot be loaded: ") + dlerror();
    return driver;
  }
  Api api;
  const char* missing = api.load(handle);
  Dl_info info{};
  if (api.cuInit != nullptr && dladdr(reinterpret_cast<void*>(api.cuInit), &info) != 0 && info.dli_fname != nullptr) {
    driver.path = info.dli_fname;
  }
  if (missing != nullptr) {
    driver.error = driver.path + " is too old: it has no " + missing;
    return driver;
  }
  int version = 0;
  if (api.cuDriverGetVersion(&version) == kSuccess) {
    driver.version = std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  }
  Result result = api.cuInit(0);
  int count = 0;
  if (result == kSuccess) result = api.cuDeviceGetCount(&count);
  if (result != kSuccess) {
    driver.error = "the driver cannot be started: " + api.text(result);
    return driver;
  }
  for (int i = 0; i < count; ++i) {
    DeviceHandle device = 0;
    if (api.cuDeviceGet(&device, i) == kSuccess) driver.devices.push_back(examineDevice(api, device));
  }
  return driver;
}

}  // namespace gapscope::addon

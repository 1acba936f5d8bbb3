#include "cupti_api.h"

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>
#include <set>

namespace gapscope::capture {
namespace {

// CUPTI 12.0. Older ones lack graph-node ids on every record we read.
constexpr uint32_t kMinimumVersion = 18;

const char* const kSonames[] = {"libcupti.so.13", "libcupti.so.12", "libcupti.so"};

// Folders from which this process has already mapped a CUDA library: a pip wheel keeps libcupti beside
// libcudart (`nvidia/cu13/lib`) or in a sibling package (`nvidia/cuda_cupti/lib`).
std::set<std::string> mappedCudaFolders() {
  std::set<std::string> folders;
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    const size_t slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    if (path.find("libcudart.so") == std::string::npos && path.find("/nvidia/cu") == std::string::npos) continue;
    const size_t end = path.rfind('/');
    if (end != std::string::npos) folders.insert(path.substr(0, end));
  }
  return folders;
}

}  // namespace

std::vector<std::string> cuptiCandidates() {
  std::vector<std::string> paths;
  for (const std::string& folder : mappedCudaFolders()) {
    for (const char* soname : kSonames) {
      paths.push_back(folder + "/" + soname);
      paths.push_back(folder + "/../../cuda_cupti/lib/" + soname);
    }
  }
  for (const char* soname : kSonames) paths.emplace_back(soname);
  std::vector<std::string> roots;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
    const char* root = getenv(variable);
    if (root != nullptr && *root != '\0') roots.emplace_back(root);
  }
  for (const char* root : {"/usr/local/cuda", "/usr/local/cuda-13", "/usr/local/cuda-12"}) roots.emplace_back(root);
  for (const std::string& root : roots) {
    for (const char* soname : kSonames) {
      paths.push_back(root + "/extras/CUPTI/lib64/" + soname);
      paths.push_back(root + "/lib64/" + soname);
    }
  }
  return paths;
}

void* CuptiApi::open(const std::string& overridePath) {
  // RTLD_LOCAL, and never closed: CUPTI's threads outlive any handle of ours.
  if (!overridePath.empty()) {
    void* handle = dlopen(overridePath.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* why = dlerror();
      error = "cannot load " + overridePath + ": " + (why != nullptr ? why : "unknown reason");
    }
    return handle;
  }
  // A copy that the process has loaded already wins: a second one would collide with it.
  for (const char* soname : kSonames) {
    void* handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (handle != nullptr) return handle;
  }
  for (const std::string& path : cuptiCandidates()) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return handle;
  }
  error = "no libcupti found beside the CUDA libraries in use, on the loader's path, or under CUDA_HOME";
  return nullptr;
}

bool CuptiApi::load(const std::string& overridePath) {
  void* handle = open(overridePath);
  if (handle == nullptr) return false;
#define X(name) name = reinterpret_cast<decltype(name)>(dlsym(handle, #name));
  GAPSCOPE_CUPTI_REQUIRED(X)
  GAPSCOPE_CUPTI_OPTIONAL(X)
#undef X
  const void* missing = nullptr;
#define X(name)                                 \
  if (missing == nullptr && name == nullptr) {  \
    missing = #name;                            \
    error = "the libcupti found has no " #name; \
  }
  GAPSCOPE_CUPTI_REQUIRED(X)
#undef X
  Dl_info info{};
  if (cuptiGetVersion != nullptr && dladdr(reinterpret_cast<void*>(cuptiGetVersion), &info) != 0 &&
      info.dli_fname != nullptr) {
    path = info.dli_fname;
  }
  if (missing != nullptr) return false;
  if (cuptiGetVersion(&version) != CUPTI_SUCCESS || version < kMinimumVersion) {
    error = path + " is CUPTI version " + std::to_string(version) + "; CUDA 12 or newer is needed";
    return false;
  }
  return true;
}

const char* CuptiApi::text(CUptiResult result) const {
  const char* text = nullptr;
  if (cuptiGetResultString == nullptr || cuptiGetResultString(result, &text) != CUPTI_SUCCESS || text == nullptr) {
    return "unknown CUPTI error";
  }
  return text;
}

}  // namespace gapscope::capture

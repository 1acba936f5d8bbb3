#include "cupti_search.h"

#include <dirent.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

namespace gapscope::addon {
namespace {

const char* const kSonames[] = {"libcupti.so.13", "libcupti.so.12", "libcupti.so"};

std::string environment(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Entries of a folder that begin with `prefix`, newest version first.
std::vector<std::string> entries(const std::string& folder, const std::string& prefix) {
  std::vector<std::string> found;
  DIR* directory = opendir(folder.c_str());
  if (directory == nullptr) return found;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name.compare(0, prefix.size(), prefix) == 0) found.push_back(folder + "/" + name);
  }
  closedir(directory);
  std::sort(found.rbegin(), found.rend());
  return found;
}

// A CUDA installation, or an environment of pip or conda.
std::vector<std::string> folders() {
  std::vector<std::string> list;
  std::vector<std::string> toolkits;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
    if (!environment(variable).empty()) toolkits.push_back(environment(variable));
  }
  toolkits.push_back("/usr/local/cuda");
  for (const std::string& toolkit : entries("/usr/local", "cuda-")) toolkits.push_back(toolkit);
  for (const std::string& toolkit : toolkits) {
    list.push_back(toolkit + "/extras/CUPTI/lib64");
    list.push_back(toolkit + "/lib64");
  }
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    const std::string root = environment(variable);
    if (root.empty()) continue;
    for (const std::string& python : entries(root + "/lib", "python3")) {
      list.push_back(python + "/site-packages/nvidia/cu13/lib");
      list.push_back(python + "/site-packages/nvidia/cuda_cupti/lib");
    }
    list.push_back(root + "/lib");
  }
  return list;
}

// RTLD_LAZY: it is only asked for its version, and never closed, because CUPTI does not survive that.
bool tryOne(const std::string& path, int flags, Cupti* cupti) {
  void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | flags);
  if (handle == nullptr) return false;
  const auto getVersion = reinterpret_cast<int (*)(uint32_t*)>(dlsym(handle, "cuptiGetVersion"));
  Dl_info info{};
  if (getVersion == nullptr || getVersion(&cupti->version) != 0) return false;
  cupti->path = path;
  if (dladdr(reinterpret_cast<void*>(getVersion), &info) != 0 && info.dli_fname != nullptr) {
    cupti->path = info.dli_fname;
  }
  return true;
}

}  // namespace

Cupti findCupti() {
  Cupti cupti;
  const std::string wanted = environment("GAPSCOPE_LIBCUPTI");
  if (!wanted.empty()) {
    cupti.searched.push_back(wanted);
    if (!tryOne(wanted, 0, &cupti)) {
      const char* why = dlerror();
      cupti.error = "GAPSCOPE_LIBCUPTI names " + wanted + ", which is no libcupti";
      if (why != nullptr) cupti.error += std::string(" (") + why + ")";
    }
    return cupti;
  }
  for (const char* soname : kSonames) {
    if (tryOne(soname, RTLD_NOLOAD, &cupti)) return cupti;
  }
  cupti.searched.push_back("the loader's path");
  for (const char* soname : kSonames) {
    if (tryOne(soname, 0, &cupti)) return cupti;
  }
  for (const std::string& folder : folders()) {
    cupti.searched.push_back(folder);
    for (const char* soname : kSonames) {
      if (tryOne(folder + "/" + soname, 0, &cupti)) return cupti;
    }
  }
  cupti.error = "no libcupti found";
  return cupti;
}

std::string cuptiVersionText(uint32_t version) {
  constexpr uint32_t kFirstWithDigits = 100'000;
  if (version < kFirstWithDigits) return "API " + std::to_string(version);
  return std::to_string(version / 10'000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

}  // namespace gapscope::addon

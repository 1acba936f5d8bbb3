// What the CUDA driver tells about itself and its GPUs, asked through dlopen: Node must load the addon on machines
// without a driver, too.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gapscope::addon {

struct Device {
  std::string name;
  std::string uuid;  // 32 hexadecimal digits
  // In the order in which they are shown; what the driver did not answer is left out.
  std::vector<std::pair<const char*, double>> limits;
};

struct Driver {
  std::string version;  // of CUDA, "13.0"
  std::string path;
  std::string error;  // why it cannot be used: one sentence; empty where all is well
  std::vector<Device> devices;
};

Driver examineDriver();

}  // namespace gapscope::addon

// Which libcupti a program started here would get, where it brings none of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gapscope::addon {

struct Cupti {
  std::string path;  // empty: none found
  uint32_t version = 0;
  std::vector<std::string> searched;  // places tried, in order
  std::string error;
};

Cupti findCupti();

// "13.0.1" of 130001; versions before 13 count in steps that say nothing: "API 26".
std::string cuptiVersionText(uint32_t version);

}  // namespace gapscope::addon

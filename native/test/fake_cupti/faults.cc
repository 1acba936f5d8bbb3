#include "faults.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace fakecupti {

bool hasFault(const char* name) {
  const char* list = getenv("FAKECUPTI_FAULTS");
  if (list == nullptr) return false;
  return ("," + std::string(list) + ",").find("," + std::string(name) + ",") != std::string::npos;
}

}  // namespace fakecupti

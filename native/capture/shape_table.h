// Launch shapes and copy sizes, each once: see `shapes` in docs/trace-format.md. Service thread only.
#pragma once

#include <cstdint>
#include <cstring>
#include <unordered_map>

#include "strings.h"

namespace gapscope::capture {

// Padding-free, so that it can be hashed and compared as bytes.
struct Shape {
  uint32_t grid[3] = {0, 0, 0};
  uint32_t block[3] = {0, 0, 0};
  uint32_t cluster[3] = {0, 0, 0};
  uint32_t registers = 0;
  uint32_t sharedStatic = 0;
  uint32_t sharedDynamic = 0;
  uint32_t sharedExecuted = 0;
  uint8_t copyKind = 0;
  uint8_t srcKind = 0;
  uint8_t dstKind = 0;
  uint8_t reserved = 0;
  int64_t bytes = 0;

  bool operator==(const Shape& other) const { return memcmp(this, &other, sizeof(Shape)) == 0; }
};
static_assert(sizeof(Shape) == 13 * 4 + 4 + 8, "no padding");

class ShapeTable {
 public:
  // The shape's id; `isNew` the first time it is seen.
  uint32_t idOf(const Shape& shape, bool* isNew) {
    const auto [place, inserted] = ids_.try_emplace(shape, static_cast<uint32_t>(ids_.size()));
    *isNew = inserted;
    return place->second;
  }

 private:
  struct Hash {
    size_t operator()(const Shape& shape) const {
      return hashText(reinterpret_cast<const char*>(&shape), sizeof(Shape));
    }
  };
  std::unordered_map<Shape, uint32_t, Hash> ids_;
};

}  // namespace gapscope::capture

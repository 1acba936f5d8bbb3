// What a stream's columns are. Only what the trace needs: no nulls, no nesting, no dictionaries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gapscope::arrow {

enum class Type : uint8_t { kInt8, kInt16, kInt32, kInt64, kUint8, kUint16, kUint32, kUint64, kFloat64, kUtf8 };

struct Field {
  const char* name;
  Type type;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Bytes a row takes in the column's fixed-width buffer; for utf8 that is one int32 offset.
constexpr size_t widthOf(Type type) {
  switch (type) {
    case Type::kInt8:
    case Type::kUint8: return 1;
    case Type::kInt16:
    case Type::kUint16: return 2;
    case Type::kInt32:
    case Type::kUint32:
    case Type::kUtf8: return 4;
    case Type::kInt64:
    case Type::kUint64:
    case Type::kFloat64: return 8;
  }
  return 0;
}

}  // namespace gapscope::arrow

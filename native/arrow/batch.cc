#include "batch.h"

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace gapscope::arrow {

namespace {

constexpr size_t kFirstRows = 256;
constexpr size_t kFirstText = 4096;

template <class T>
void resize(T*& memory, size_t bytes) {
  void* grown = std::realloc(memory, bytes);
  if (grown == nullptr) throw std::bad_alloc();
  memory = static_cast<T*>(grown);
}

}  // namespace

Batch::Batch(const std::vector<Field>& fields) {
  columns_.reserve(fields.size());
  for (const Field& field : fields) {
    Column column{};
    column.type = field.type;
    column.width = static_cast<uint8_t>(widthOf(field.type));
    columns_.push_back(column);
    rowWidth_ += column.width;
  }
  // Utf8 columns need their first offset (0) even in a batch without rows.
  growRows();
  for (Column& column : columns_) {
    if (column.type == Type::kUtf8) std::memset(column.data, 0, sizeof(int32_t));
  }
}

Batch::Batch(Batch&& other) noexcept
    : columns_(std::move(other.columns_)),
      rows_(std::exchange(other.rows_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      rowWidth_(other.rowWidth_),
      textBytes_(std::exchange(other.textBytes_, 0)) {
  other.columns_.clear();
}

Batch::~Batch() {
  for (Column& column : columns_) {
    std::free(column.data);
    std::free(column.text);
  }
}

void Batch::clear() {
  rows_ = 0;
  textBytes_ = 0;
  for (Column& column : columns_) column.textSize = 0;
}

void Batch::growRows() {
  const size_t capacity = capacity_ == 0 ? kFirstRows : capacity_ * 2;
  for (Column& column : columns_) resize(column.data, (capacity + 1) * column.width);
  capacity_ = capacity;
}

void Batch::growText(Column& column, size_t more) {
  const size_t needed = column.textSize + more;
  if (needed > INT32_MAX) throw std::bad_alloc();
  size_t capacity = column.textCapacity == 0 ? kFirstText : column.textCapacity;
  while (capacity < needed) capacity *= 2;
  resize(column.text, capacity);
  column.textCapacity = capacity;
}

}  // namespace gapscope::arrow

// Rows waiting to become one record batch: one growing buffer a column, laid out as Arrow wants it on disk, so that
// writing needs no conversion.
#pragma once

#include <cassert>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "schema.h"

namespace gapscope::arrow {

class Batch {
 public:
  explicit Batch(const std::vector<Field>& fields);
  ~Batch();
  Batch(Batch&& other) noexcept;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  Batch& operator=(Batch&&) = delete;

  // One value a column, in schema order. The width of each must be its column's (integers, enums, double,
  // string_view); signedness is the column's. May throw std::bad_alloc; then the batch is as it was before.
  // A batch's text columns hold less than 2 GiB each (int32 offsets): flush by bytes() long before that.
  template <class... T>
  void append(T... values) {
    assert(sizeof...(T) == columns_.size());
    if (rows_ == capacity_) growRows();
    (reserveText(values), ...);
    Column* column = columns_.data();
    (put(*column++, values), ...);
    ++rows_;
  }

  size_t rows() const { return rows_; }
  // Bytes of values held, without alignment padding.
  size_t bytes() const { return rows_ * rowWidth_ + textBytes_; }
  // Forgets the rows, keeps the memory.
  void clear();

  struct Column {
    Type type;
    uint8_t width;
    uint8_t* data = nullptr;  // fixed-width values; for utf8 rows + 1 int32 offsets
    char* text = nullptr;     // utf8 only
    size_t textSize = 0;
    size_t textCapacity = 0;
  };
  const std::vector<Column>& columns() const { return columns_; }

 private:
  template <class T>
  static constexpr bool isText = std::is_convertible_v<T, std::string_view>;

  // Memory for a row's strings is found before any column is touched, so that running out of it leaves whole rows.
  template <class T>
  void reserveText(const T& value) {
    if constexpr (isText<T>) reserveTextBytes(std::string_view(value).size());
  }
  void reserveTextBytes(size_t more) {
    for (Column& column : columns_) {
      if (column.type == Type::kUtf8 && column.textCapacity - column.textSize < more) growText(column, more);
    }
  }

  template <class T>
  void put(Column& column, const T& value) {
    if constexpr (isText<T>) {
      assert(column.type == Type::kUtf8);
      putText(column, std::string_view(value));
    } else {
      static_assert(std::is_integral_v<T> || std::is_enum_v<T> || std::is_same_v<T, double>);
      assert(column.width == sizeof(T) && column.type != Type::kUtf8);
      assert((column.type == Type::kFloat64) == (std::is_same_v<T, double>));
      std::memcpy(column.data + rows_ * sizeof(T), &value, sizeof(T));
    }
  }
  void putText(Column& column, std::string_view text) {
    if (!text.empty()) std::memcpy(column.text + column.textSize, text.data(), text.size());
    column.textSize += text.size();
    textBytes_ += text.size();
    const auto end = static_cast<int32_t>(column.textSize);
    std::memcpy(column.data + (rows_ + 1) * sizeof(end), &end, sizeof(end));
  }

  void growRows();
  static void growText(Column& column, size_t more);

  std::vector<Column> columns_;
  size_t rows_ = 0;
  size_t capacity_ = 0;  // rows every column has room for
  size_t rowWidth_ = 0;
  size_t textBytes_ = 0;
};

}  // namespace gapscope::arrow

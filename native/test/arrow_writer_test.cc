// Writes streams of every kind we can think of, each with a JSON file that says what was written, for readers of other
// make (apache-arrow, pyarrow) to compare: arrow_writer_test FOLDER SEED
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "arrow/stream_writer.h"

namespace {

using gapscope::arrow::Batch;
using gapscope::arrow::Field;
using gapscope::arrow::Metadata;
using gapscope::arrow::StreamWriter;
using gapscope::arrow::Type;

constexpr Type kTypes[] = {Type::kInt8,   Type::kInt16,  Type::kInt32,  Type::kInt64,   Type::kUint8,
                           Type::kUint16, Type::kUint32, Type::kUint64, Type::kFloat64, Type::kUtf8};
constexpr const char* kTypeNames[] = {"int8",   "int16",  "int32",  "int64",  "uint8",
                                      "uint16", "uint32", "uint64", "double", "string"};
const char* const kTexts[] = {"", "a", "matmul", "Grüße", "日本語", "🙂 emoji", "tab\\tescaped", "longer than eight"};

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "arrow_writer_test: %s\n", why.c_str());
  std::exit(1);
}

// What was written, kept as text: 64-bit integers do not survive JSON numbers.
class Case {
 public:
  Case(const std::string& folder, const std::string& name, std::vector<Field> fields)
      : path_(folder + "/" + name), fields_(std::move(fields)), batch_(fields_), expected_(fields_.size()) {
    if (!writer.open(path_ + ".arrows", fields_, {{"gapscope.table", name}, {"empty", ""}, {"unicode", "é"}})) {
      die(writer.error());
    }
  }

  // One value of a column whose type is only known at run time: batches are filled by column type below.
  struct Value {
    int64_t integer = 0;
    double real = 0;
    std::string text;
  };

  void appendOne(const Value& value) {
    switch (fields_[0].type) {
      case Type::kInt8: return append<int8_t>(value.integer);
      case Type::kInt16: return append<int16_t>(value.integer);
      case Type::kInt32: return append<int32_t>(value.integer);
      case Type::kInt64: return append<int64_t>(value.integer);
      case Type::kUint8: return append<uint8_t>(value.integer);
      case Type::kUint16: return append<uint16_t>(value.integer);
      case Type::kUint32: return append<uint32_t>(value.integer);
      case Type::kUint64: return append<uint64_t>(value.integer);
      case Type::kFloat64: batch_.append(value.real); return expect(0, real(value.real));
      case Type::kUtf8: batch_.append(std::string_view(value.text)); return expect(0, value.text);
    }
  }
  // A row as wide as the schema; the caller's types are the schema's.
  template <class... T>
  void appendRow(const T&... values) {
    batch_.append(values...);
    size_t column = 0;
    (expect(column++, show(values)), ...);
  }

  bool write() {
    const bool ok = writer.write(batch_);
    if (ok) {
      for (size_t i = 0; i < expected_.size(); ++i) {
        written_.resize(expected_.size());
        written_[i].insert(written_[i].end(), expected_[i].begin(), expected_[i].end());
      }
      rowsPerBatch_.push_back(batch_.rows());
    }
    for (auto& column : expected_) column.clear();
    batch_.clear();
    return ok;
  }

  void finish(bool endOfStream = true) {
    if (!writer.close(endOfStream)) die(writer.error());
    std::ofstream json(path_ + ".json");
    json << "{\"batches\":[";
    for (size_t i = 0; i < rowsPerBatch_.size(); ++i) json << (i ? "," : "") << rowsPerBatch_[i];
    json << "],\"columns\":[";
    for (size_t i = 0; i < fields_.size(); ++i) {
      json << (i ? ",\n" : "\n") << "{\"name\":\"" << fields_[i].name << "\",\"type\":\""
           << kTypeNames[static_cast<size_t>(fields_[i].type)] << "\",\"values\":[";
      const std::vector<std::string> none;
      const auto& values = i < written_.size() ? written_[i] : none;
      for (size_t row = 0; row < values.size(); ++row) {
        json << (row ? "," : "") << '"';
        for (const char c : values[row]) c == '\\' ? json << "\\\\" : json << c;
        json << '"';
      }
      json << "]}";
    }
    json << "]}\n";
    if (!json.flush()) die("cannot write " + path_ + ".json");
  }

  size_t bytes() const { return batch_.bytes(); }
  StreamWriter writer;

 private:
  template <class T>
  void append(int64_t value) {
    batch_.append(static_cast<T>(value));
    expect(0, show(static_cast<T>(value)));
  }
  static std::string real(double value) {
    char text[40];
    std::snprintf(text, sizeof(text), "%.17g", value);
    return text;
  }
  template <class T>
  static std::string show(const T& value) {
    if constexpr (std::is_same_v<T, double>) {
      return real(value);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      return std::string(std::string_view(value));
    } else {
      return std::to_string(value);
    }
  }
  void expect(size_t column, std::string text) { expected_[column].push_back(std::move(text)); }

  std::string path_;
  std::vector<Field> fields_;
  Batch batch_;
  std::vector<std::vector<std::string>> expected_;  // of the batch being filled
  std::vector<std::vector<std::string>> written_;   // of those on disk
  std::vector<size_t> rowsPerBatch_;
};

std::vector<Field> everyType() {
  std::vector<Field> fields;
  for (size_t i = 0; i < std::size(kTypes); ++i) fields.push_back({kTypeNames[i], kTypes[i]});
  return fields;
}

void appendEveryType(Case& test, int64_t i) {
  test.appendRow(static_cast<int8_t>(i), static_cast<int16_t>(i * 7), static_cast<int32_t>(i * 65537), i << 40,
                 static_cast<uint8_t>(i), static_cast<uint16_t>(i * 7), static_cast<uint32_t>(i * 65537),
                 static_cast<uint64_t>(-i), static_cast<double>(i) / 3,
                 std::string_view(kTexts[static_cast<size_t>(i) % std::size(kTexts)]));
}

void fixedCases(const std::string& folder) {
  Case types(folder, "types", everyType());
  for (int64_t i = 0; i < 1000; ++i) appendEveryType(types, i);
  if (!types.write()) die(types.writer.error());
  types.finish();

  Case extremes(folder, "extremes", {{"low", Type::kInt64}, {"high", Type::kUint64}, {"real", Type::kFloat64}});
  for (const double value : {0.0, -0.0, 5e-324, 1.7976931348623157e308}) {
    extremes.appendRow(std::numeric_limits<int64_t>::min(), std::numeric_limits<uint64_t>::max(), value);
  }
  if (!extremes.write()) die(extremes.writer.error());
  extremes.finish();

  Case(folder, "no_batches", everyType()).finish();

  Case zero(folder, "zero_rows", everyType());
  if (!zero.write()) die(zero.writer.error());
  appendEveryType(zero, 5);
  if (!zero.write() || !zero.write()) die(zero.writer.error());
  zero.finish();

  Case many(folder, "many_batches", everyType());
  for (int64_t i = 0; i < 300; ++i) {
    for (int64_t row = 0; row <= i % 5; ++row) appendEveryType(many, i * 10 + row);
    if (!many.write()) die(many.writer.error());
  }
  many.finish();

  Case longText(folder, "long_strings", {{"id", Type::kUint32}, {"text", Type::kUtf8}, {"second", Type::kUtf8}});
  for (uint32_t i = 0; i < 6; ++i) {
    longText.appendRow(i, std::string(size_t{1} << (i * 4), static_cast<char>('a' + i)), std::string_view(kTexts[i]));
  }
  if (!longText.write()) die(longText.writer.error());
  longText.finish();

  // A process that died: whole messages, no marker.
  Case unended(folder, "unended", everyType());
  for (int64_t i = 0; i < 10; ++i) appendEveryType(unended, i);
  if (!unended.write()) die(unended.writer.error());
  unended.finish(false);
}

// A disk that is full, then is not. RLIMIT_FSIZE gives a short write first, like ENOSPC on a real one.
void fullDisk(const std::string& folder) {
  Case test(folder, "full_disk", everyType());
  for (int64_t i = 0; i < 100; ++i) appendEveryType(test, i);
  if (!test.write()) die(test.writer.error());
  const uint64_t before = test.writer.bytesWritten();

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit original{};
  getrlimit(RLIMIT_FSIZE, &original);
  const rlimit tight{before + 1000, original.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  for (int64_t i = 0; i < 1000; ++i) appendEveryType(test, i);
  if (test.write()) die("a write beyond the limit succeeded");
  if (test.writer.error().empty() || test.writer.bytesWritten() != before) die("the failure was not told");
  setrlimit(RLIMIT_FSIZE, &original);

  for (int64_t i = 0; i < 50; ++i) appendEveryType(test, i);
  if (!test.write()) die(test.writer.error());
  test.finish();

  StreamWriter nowhere;
  if (nowhere.open(folder + "/absent/x.arrows", everyType(), {}) || nowhere.isOpen()) die("opened in no folder");
  if (nowhere.error().find("No such file") == std::string::npos) die("no errno text: " + nowhere.error());
}

// Random values of a random type, a random number of rows and batches.
void randomCases(const std::string& folder, unsigned seed) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < 24; ++i) {
    const Type type = kTypes[random() % std::size(kTypes)];
    Case test(folder, "random_" + std::to_string(i), {{"value", type}});
    const size_t batches = random() % 6;
    for (size_t batch = 0; batch < batches; ++batch) {
      const size_t rows = random() % 4 == 0 ? random() % 5000 : random() % 20;
      for (size_t row = 0; row < rows; ++row) {
        Case::Value value;
        value.integer = static_cast<int64_t>(random() >> (random() % 64));
        value.real = static_cast<double>(value.integer) / static_cast<double>(1 + random() % 1000);
        for (size_t pieces = random() % 5; pieces > 0; --pieces) value.text += kTexts[random() % std::size(kTexts)];
        test.appendOne(value);
      }
      if (!test.write()) die(test.writer.error());
    }
    test.finish(random() % 2 == 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) die("usage: arrow_writer_test FOLDER SEED");
  fixedCases(argv[1]);
  fullDisk(argv[1]);
  randomCases(argv[1], static_cast<unsigned>(std::atoi(argv[2])));
  return 0;
}

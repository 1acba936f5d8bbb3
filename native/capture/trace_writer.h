// The folder of one process's trace: a stream and a pending batch for each table. Service thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tables.h"

namespace gapscope::capture {

class TraceWriter {
 public:
  // Nothing is made on disk before the first flush with rows: a process without GPU work or ranges leaves no trace.
  TraceWriter(std::string folder, arrow::Metadata metadata);

  template <class... T>
  void append(Table table, T... values) {
    batches_[table].append(values...);
  }
  // Rows waiting that are worth making a folder for; `status`, `clock` and the like alone are not.
  bool hasRecords() const;
  size_t rows(Table table) const { return batches_[table].rows(); }
  size_t pendingBytes() const;

  // Writes every pending row, tables in order. False if anything was refused: names and shapes wait for the next time,
  // other rows are counted and gone.
  bool flush();
  void close();
  void abandon();

  bool isOpen() const { return open_; }
  const std::string& folder() const { return folder_; }
  uint64_t rowsRefused() const { return rowsRefused_; }
  uint64_t bytesWritten() const;
  const std::string& error() const { return error_; }

 private:
  bool openFiles();

  std::string folder_;
  arrow::Metadata metadata_;
  std::vector<arrow::Batch> batches_;
  std::vector<std::unique_ptr<arrow::StreamWriter>> streams_;
  bool open_ = false;
  uint64_t rowsRefused_ = 0;
  std::string error_;
};

}  // namespace gapscope::capture

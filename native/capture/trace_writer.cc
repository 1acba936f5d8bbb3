#include "trace_writer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

namespace gapscope::capture {
namespace {

bool makeFolders(const std::string& path, std::string* error) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      *error = "cannot make " + folder + ": " + strerror(errno);
      return false;
    }
    if (slash == std::string::npos) return true;
  }
}

}  // namespace

TraceWriter::TraceWriter(std::string folder, arrow::Metadata metadata)
    : folder_(std::move(folder)), metadata_(std::move(metadata)) {
  batches_.reserve(kTableCount);
  for (const TableSchema& schema : tableSchemas()) batches_.emplace_back(schema.fields);
}

bool TraceWriter::hasRecords() const {
  for (const Table table : {kCalls, kSyncs, kOverheads, kRanges, kOps, kGraphNodes, kGraphExecs}) {
    if (batches_[table].rows() > 0) return true;
  }
  return false;
}

size_t TraceWriter::pendingBytes() const {
  size_t bytes = 0;
  for (const arrow::Batch& batch : batches_) bytes += batch.bytes();
  return bytes;
}

bool TraceWriter::openFiles() {
  if (open_) return true;
  if (!makeFolders(folder_, &error_)) return false;
  streams_.clear();
  for (const TableSchema& schema : tableSchemas()) {
    arrow::Metadata metadata = metadata_;
    metadata.emplace_back("gapscope.table", schema.name);
    auto stream = std::make_unique<arrow::StreamWriter>();
    if (!stream->open(folder_ + "/" + schema.name + ".arrows", schema.fields, metadata)) {
      error_ = stream->error();
      return false;
    }
    streams_.push_back(std::move(stream));
  }
  open_ = true;
  return true;
}

bool TraceWriter::flush() {
  const bool opened = openFiles();
  bool whole = opened;
  for (size_t table = 0; table < kTableCount; ++table) {
    arrow::Batch& batch = batches_[table];
    if (batch.rows() == 0) continue;
    if (opened && streams_[table]->write(batch)) {
      batch.clear();
      continue;
    }
    whole = false;
    if (opened) error_ = streams_[table]->error();
    // What later rows refer to is small, and tried again; the rest would fill the memory as it filled the disk.
    if (table <= kLastReferred) continue;
    rowsRefused_ += batch.rows();
    batch.clear();
  }
  return whole;
}

void TraceWriter::close() {
  for (auto& stream : streams_) stream->close(true);
  open_ = false;
}

void TraceWriter::abandon() {
  for (auto& stream : streams_) stream->abandon();
  open_ = false;
}

uint64_t TraceWriter::bytesWritten() const {
  uint64_t bytes = 0;
  for (const auto& stream : streams_) bytes += stream->bytesWritten();
  return bytes;
}

}  // namespace gapscope::capture

// Writes Arrow IPC streams: schema, record batches, key-value metadata, end-of-stream. C++17, no dependency.
//
// Why our own: neither npm nor Debian offers nanoarrow or libarrow, and the profiled process must not gain a
// dependency. The format used is small: fixed-width and utf8 columns, no nulls, no dictionaries, no compression.
// Facts: Arrow columnar format, "Encapsulated message format" and "Schema.fbs / Message.fbs", metadata version V5.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "batch.h"
#include "flatbuffer_builder.h"
#include "message.h"
#include "schema.h"

namespace gapscope::arrow {

// One stream file. Not thread safe. I/O never throws: a call returns false and error() says why.
class StreamWriter {
 public:
  StreamWriter() = default;
  // Closes the file without an end-of-stream marker: who means a clean end calls close(true).
  ~StreamWriter() { abandon(); }
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  // Creates or truncates the file and writes the schema message.
  bool open(const std::string& path, const std::vector<Field>& fields, const Metadata& metadata);
  // One record batch message in one writev. On failure the file is cut back to its last complete message, so that
  // readers only ever see whole ones, and a later write may succeed (the disk was full; now it is not).
  bool write(const Batch& batch);
  // Ends the stream, with its marker if asked to, and closes the file.
  bool close(bool endOfStream);
  // In a forked child: lets go of the file without writing, since it is the parent's.
  void abandon();

  bool isOpen() const { return fd_ >= 0; }
  // Length of the file: complete messages only.
  uint64_t bytesWritten() const { return written_; }
  const std::string& error() const { return error_; }

 private:
  bool flush();  // writes pieces_
  bool fail(const char* doing, int errorNumber);
  void addPiece(const void* data, size_t bytes);
  void addBuffer(const void* data, size_t bytes);

  int fd_ = -1;
  uint64_t written_ = 0;
  std::string path_;
  std::string error_;
  std::vector<Type> types_;

  // Kept between writes so that a batch costs no allocation.
  FlatBufferBuilder builder_;
  Bytes head_;
  std::vector<iovec> pieces_;
  std::vector<FlatBufferBuilder::Pair> nodes_;
  std::vector<FlatBufferBuilder::Pair> buffers_;
  int64_t bodyLength_ = 0;
};

}  // namespace gapscope::arrow

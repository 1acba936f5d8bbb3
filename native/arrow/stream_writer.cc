#include "stream_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <system_error>

namespace gapscope::arrow {

namespace {

constexpr uint8_t kZeros[kAlignment] = {};
constexpr mode_t kMode = 0644;

}  // namespace

bool StreamWriter::open(const std::string& path, const std::vector<Field>& fields, const Metadata& metadata) {
  abandon();
  error_.clear();
  path_ = path;
  written_ = 0;
  types_.clear();
  for (const Field& field : fields) types_.push_back(field.type);
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (fd_ < 0) return fail("create", errno);
  encodeSchema(builder_, fields, metadata, head_);
  pieces_.clear();
  addPiece(head_.data(), head_.size());
  if (flush()) return true;
  abandon();
  return false;
}

bool StreamWriter::write(const Batch& batch) {
  if (fd_ < 0) return fail("write to", EBADF);
  const std::vector<Batch::Column>& columns = batch.columns();
  assert(columns.size() == types_.size());
  assert(std::equal(columns.begin(), columns.end(), types_.begin(),
                    [](const Batch::Column& column, Type type) { return column.type == type; }));

  const auto rows = static_cast<int64_t>(batch.rows());
  pieces_.clear();
  nodes_.clear();
  buffers_.clear();
  bodyLength_ = 0;
  addPiece(nullptr, 0);  // the head, known once the buffers are
  for (const Batch::Column& column : columns) {
    nodes_.push_back({rows, 0});
    addBuffer(nullptr, 0);  // validity: may be left out where nothing is null
    if (column.type == Type::kUtf8) {
      addBuffer(column.data, (batch.rows() + 1) * column.width);
      addBuffer(column.text, column.textSize);
    } else {
      addBuffer(column.data, batch.rows() * column.width);
    }
  }
  encodeRecordBatch(builder_, rows, nodes_, buffers_, bodyLength_, head_);
  pieces_[0] = {head_.data(), head_.size()};
  return flush();
}

bool StreamWriter::close(bool endOfStream) {
  if (fd_ < 0) return true;
  bool ok = true;
  if (endOfStream) {
    pieces_.clear();
    addPiece(kEndOfStream, sizeof(kEndOfStream));
    ok = flush();
  }
  // Not repeated on EINTR: Linux has released the descriptor by then.
  if (fd_ >= 0 && ::close(fd_) != 0 && errno != EINTR) ok = fail("close", errno);
  fd_ = -1;
  return ok;
}

void StreamWriter::abandon() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void StreamWriter::addPiece(const void* data, size_t bytes) { pieces_.push_back({const_cast<void*>(data), bytes}); }

void StreamWriter::addBuffer(const void* data, size_t bytes) {
  buffers_.push_back({bodyLength_, static_cast<int64_t>(bytes)});
  if (bytes == 0) return;
  addPiece(data, bytes);
  const size_t padding = padded(bytes) - bytes;
  if (padding > 0) addPiece(kZeros, padding);
  bodyLength_ += static_cast<int64_t>(padded(bytes));
}

bool StreamWriter::flush() {
  uint64_t done = 0;
  iovec* piece = pieces_.data();
  size_t left = pieces_.size();
  while (left > 0) {
    if (piece->iov_len == 0) {
      ++piece;
      --left;
      continue;
    }
    const ssize_t count = ::writev(fd_, piece, static_cast<int>(std::min<size_t>(left, IOV_MAX)));
    if (count < 0) {
      const int why = errno;
      if (why == EINTR) continue;
      // Half a message would hide every later one from readers. Where even cutting fails, nothing more may follow.
      const auto end = static_cast<off_t>(written_);
      if (done > 0 && (::ftruncate(fd_, end) != 0 || ::lseek(fd_, end, SEEK_SET) != end)) abandon();
      return fail("write to", why);
    }
    done += static_cast<uint64_t>(count);
    for (auto rest = static_cast<size_t>(count); rest > 0;) {
      const size_t taken = std::min(rest, piece->iov_len);
      piece->iov_base = static_cast<uint8_t*>(piece->iov_base) + taken;
      piece->iov_len -= taken;
      rest -= taken;
      if (piece->iov_len == 0) {
        ++piece;
        --left;
      }
    }
  }
  written_ += done;
  return true;
}

bool StreamWriter::fail(const char* doing, int errorNumber) {
  error_ = std::string("cannot ") + doing + " " + path_ + ": " + std::generic_category().message(errorNumber);
  return false;
}

}  // namespace gapscope::arrow

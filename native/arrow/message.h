// Arrow's encapsulated messages: the schema, and the head of a record batch. Source: Arrow columnar format,
// "Serialization and Interprocess Communication"; Message.fbs, Schema.fbs; metadata version V5.
#pragma once

#include <vector>

#include "batch.h"
#include "flatbuffer_builder.h"
#include "schema.h"

namespace gapscope::arrow {

// Body buffers start on this boundary, and so do bodies in the file: a reader that maps it gets aligned columns.
constexpr size_t kAlignment = 64;
constexpr size_t padded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

using Bytes = std::vector<uint8_t>;

// Continuation marker, length, flatbuffer and padding, ready to be written.
void encodeSchema(FlatBufferBuilder& builder, const std::vector<Field>& fields, const Metadata& metadata, Bytes& out);

// The same for a record batch, without its body: buffers must follow in the order of `buffers`, each padded.
void encodeRecordBatch(FlatBufferBuilder& builder, int64_t rows, const std::vector<FlatBufferBuilder::Pair>& nodes,
                       const std::vector<FlatBufferBuilder::Pair>& buffers, int64_t bodyLength, Bytes& out);

// A continuation marker with length 0.
inline constexpr uint8_t kEndOfStream[8] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};

}  // namespace gapscope::arrow

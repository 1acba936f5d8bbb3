#include "message.h"

#include <algorithm>

namespace gapscope::arrow {

namespace {

using Offset = FlatBufferBuilder::Offset;

// Values of the enums and unions of Schema.fbs and Message.fbs.
constexpr int16_t kVersion5 = 4;
constexpr int16_t kLittleEndian = 0;
constexpr int16_t kDoublePrecision = 2;
enum TypeUnion : uint8_t { kTypeInt = 2, kTypeFloatingPoint = 3, kTypeUtf8 = 5 };
enum HeaderUnion : uint8_t { kHeaderSchema = 1, kHeaderRecordBatch = 3 };

struct EncodedType {
  TypeUnion tag;
  Offset table;
};

EncodedType encodeType(FlatBufferBuilder& builder, Type type) {
  builder.startTable();
  switch (type) {
    case Type::kUtf8: return {kTypeUtf8, builder.endTable()};
    case Type::kFloat64: builder.scalar(0, kDoublePrecision); return {kTypeFloatingPoint, builder.endTable()};
    default:
      builder.scalar(0, static_cast<int32_t>(widthOf(type) * 8));
      builder.scalar(1, static_cast<uint8_t>(type <= Type::kInt64));  // is_signed
      return {kTypeInt, builder.endTable()};
  }
}

Offset encodeField(FlatBufferBuilder& builder, const Field& field) {
  const Offset name = builder.string(field.name);
  const EncodedType type = encodeType(builder, field.type);
  const Offset children = builder.vectorOfOffsets({});  // readers expect it present, if empty
  builder.startTable();
  builder.offset(0, name);
  builder.offset(3, type.table);
  builder.offset(5, children);
  builder.scalar(1, uint8_t{0});  // nullable
  builder.scalar(2, static_cast<uint8_t>(type.tag));
  return builder.endTable();
}

Offset encodeMetadata(FlatBufferBuilder& builder, const Metadata& metadata) {
  std::vector<Offset> items;
  items.reserve(metadata.size());
  for (const auto& [key, value] : metadata) {
    const Offset keyOffset = builder.string(key);
    const Offset valueOffset = builder.string(value);
    builder.startTable();
    builder.offset(0, keyOffset);
    builder.offset(1, valueOffset);
    items.push_back(builder.endTable());
  }
  return builder.vectorOfOffsets(items);
}

void encapsulate(FlatBufferBuilder& builder, HeaderUnion tag, Offset header, int64_t bodyLength, Bytes& out) {
  builder.startTable();
  builder.scalar(3, bodyLength);
  builder.offset(2, header);
  builder.scalar(0, kVersion5);
  builder.scalar(1, static_cast<uint8_t>(tag));
  builder.finish(builder.endTable());

  constexpr size_t kPrefix = 8;
  const size_t total = padded(kPrefix + builder.size());
  out.assign(total, 0);
  const auto length = static_cast<int32_t>(total - kPrefix);
  std::fill_n(out.begin(), 4, uint8_t{0xff});
  std::memcpy(out.data() + 4, &length, sizeof(length));
  std::memcpy(out.data() + kPrefix, builder.data(), builder.size());
}

}  // namespace

void encodeSchema(FlatBufferBuilder& builder, const std::vector<Field>& fields, const Metadata& metadata, Bytes& out) {
  builder.clear();
  std::vector<Offset> items;
  items.reserve(fields.size());
  for (const Field& field : fields) items.push_back(encodeField(builder, field));
  const Offset fieldVector = builder.vectorOfOffsets(items);
  const Offset keyValues = encodeMetadata(builder, metadata);
  builder.startTable();
  builder.offset(1, fieldVector);
  builder.offset(2, keyValues);
  builder.scalar(0, kLittleEndian);
  encapsulate(builder, kHeaderSchema, builder.endTable(), 0, out);
}

void encodeRecordBatch(FlatBufferBuilder& builder, int64_t rows, const std::vector<FlatBufferBuilder::Pair>& nodes,
                       const std::vector<FlatBufferBuilder::Pair>& buffers, int64_t bodyLength, Bytes& out) {
  builder.clear();
  const Offset nodeVector = builder.vectorOfPairs(nodes);
  const Offset bufferVector = builder.vectorOfPairs(buffers);
  builder.startTable();
  builder.scalar(0, rows);
  builder.offset(1, nodeVector);
  builder.offset(2, bufferVector);
  encapsulate(builder, kHeaderRecordBatch, builder.endTable(), bodyLength, out);
}

}  // namespace gapscope::arrow

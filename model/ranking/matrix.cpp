#include "model/ranking/matrix.hpp"

#include "events/base/check.hpp"

#include <bit>
#include <cstring>

namespace ars::model {
namespace {

static_assert(std::endian::native == std::endian::little,
              "columns are hashed as they lie in memory");

template <class T>
ByteSpan raw(const std::vector<T>& column) {
  return {reinterpret_cast<const std::uint8_t*>(column.data()), column.size() * sizeof(T)};
}

constexpr std::size_t header_words = 4;  // rows, id columns, dense columns, sequence length

}  // namespace

Bytes32 matrix_hash(const CandidateMatrix& matrix) {
  thread_local Sha256 hasher;
  hasher.update_u32(matrix.rows).update_u32(matrix.id_columns).update_u32(matrix.dense_columns);
  hasher.update_u64(matrix.sequence.size());
  hasher.update(raw(matrix.ids)).update(raw(matrix.dense)).update(raw(matrix.sequence));
  return hasher.digest();
}

std::vector<std::uint8_t> matrix_bytes(const CandidateMatrix& matrix) {
  const std::uint32_t header[header_words] = {matrix.rows, matrix.id_columns, matrix.dense_columns,
                                              static_cast<std::uint32_t>(matrix.sequence.size())};
  std::vector<std::uint8_t> out(sizeof(header));
  std::memcpy(out.data(), header, sizeof(header));
  for (const auto part : {raw(matrix.ids), raw(matrix.dense), raw(matrix.sequence)}) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

CandidateMatrix matrix_from_bytes(ByteSpan bytes) {
  std::uint32_t header[header_words] = {};
  ARS_CHECK(bytes.size() >= sizeof(header), "{} bytes are no candidate matrix", bytes.size());
  std::memcpy(header, bytes.data(), sizeof(header));
  CandidateMatrix out;
  out.rows = header[0];
  out.id_columns = header[1];
  out.dense_columns = header[2];
  out.ids.resize(std::size_t{out.rows} * out.id_columns);
  out.dense.resize(std::size_t{out.rows} * out.dense_columns);
  out.sequence.resize(header[3]);
  const auto words = out.ids.size() + out.dense.size() + out.sequence.size();
  ARS_CHECK(bytes.size() == sizeof(header) + 4 * words, "a candidate matrix of {} bytes",
            bytes.size());
  const auto* at = bytes.data() + sizeof(header);
  const auto take = [&](auto& column) {
    if (!column.empty()) std::memcpy(column.data(), at, column.size() * 4);
    at += column.size() * 4;
  };
  take(out.ids);
  take(out.dense);
  take(out.sequence);
  return out;
}

}  // namespace ars::model

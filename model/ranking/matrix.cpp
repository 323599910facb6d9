#include "model/ranking/matrix.hpp"

#include "events/base/narrow.hpp"

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
                                              narrow<std::uint32_t>(matrix.sequence.size())};
  std::vector<std::uint8_t> out(sizeof(header));
  std::memcpy(out.data(), header, sizeof(header));
  for (const auto part : {raw(matrix.ids), raw(matrix.dense), raw(matrix.sequence)}) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

}  // namespace ars::model

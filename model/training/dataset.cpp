#include "model/training/dataset.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/limits.hpp"
#include "model/training/byte_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace ars::model {

namespace {

constexpr std::uint32_t magic = 0x31525241;  // "ARR1"
constexpr std::size_t digest_bytes = 32;
constexpr std::size_t header_bytes = 4 + 4 + 4 + 4 + 8;

struct Sizes {
  std::uint32_t ids = 0;
  std::uint32_t dense = 0;
  std::uint32_t sequence = 0;
};

Sizes sizes_of(const Columns& columns) {
  return {narrow<std::uint32_t>(columns.ids.size()), narrow<std::uint32_t>(columns.dense.size()),
          columns.sequence_length};
}

Result<Example> read_row(ByteReader& reader, const Sizes& sizes) {
  Example row;
  ARS_TRY(row.user, reader.number<std::uint64_t>());
  ARS_TRY(const auto time, reader.number<std::uint64_t>());
  row.occurred_at_ns = std::bit_cast<std::int64_t>(time);
  ARS_TRY(row.slot, reader.number<std::uint16_t>());
  ARS_TRY(const auto length, reader.number<std::uint16_t>());
  ARS_TRY(row.label, reader.real());
  ARS_TRY(row.ids, reader.numbers(sizes.ids));
  ARS_TRY(row.dense, reader.reals(sizes.dense));
  if (length > sizes.sequence) return fail(Errc::corrupt, "a sequence is too long");
  ARS_TRY(row.sequence, reader.numbers(length));
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(row.dense.begin(), row.dense.end(), finite)) {
    return fail(Errc::corrupt, "a dense value is not finite");
  }
  if (!(row.label >= 0 && row.label <= 1)) return fail(Errc::corrupt, "a label is not in [0, 1]");
  return row;
}

}  // namespace

std::vector<std::uint8_t> dataset_bytes(const Columns& columns, std::span<const Example> rows) {
  const Sizes sizes = sizes_of(columns);
  ByteWriter out;
  out.number(magic);
  out.number(sizes.ids);
  out.number(sizes.dense);
  out.number(sizes.sequence);
  out.number(std::uint64_t{rows.size()});
  for (const Example& row : rows) {
    ARS_CHECK(row.ids.size() == sizes.ids && row.dense.size() == sizes.dense,
              "a row has other columns");
    const auto length = std::min<std::size_t>(row.sequence.size(), sizes.sequence);
    out.number(row.user);
    out.number(std::bit_cast<std::uint64_t>(row.occurred_at_ns));
    out.number(row.slot);
    out.number(narrow<std::uint16_t>(length));
    out.real(row.label);
    out.numbers(row.ids);
    out.reals(row.dense);
    out.numbers(std::span(row.sequence).last(length));
  }
  return std::move(out).sealed();
}

Result<std::vector<Example>> dataset_from_bytes(const Columns& columns, ByteSpan bytes) {
  if (bytes.size() > limits::dataset_bytes_max) {
    return fail(Errc::overloaded,
                fmt::format("rows: more than {} bytes", limits::dataset_bytes_max));
  }
  if (bytes.size() < header_bytes + digest_bytes) return fail(Errc::corrupt, "rows: too short");
  ARS_TRY(const auto body, unsealed(bytes));
  ByteReader reader(body);
  ARS_TRY(const auto found, reader.number<std::uint32_t>());
  if (found != magic) return fail(Errc::corrupt, "rows: not a file of rows");
  Sizes sizes;
  ARS_TRY(sizes.ids, reader.number<std::uint32_t>());
  ARS_TRY(sizes.dense, reader.number<std::uint32_t>());
  ARS_TRY(sizes.sequence, reader.number<std::uint32_t>());
  const Sizes wanted = sizes_of(columns);
  if (sizes.ids != wanted.ids || sizes.dense != wanted.dense || sizes.sequence != wanted.sequence) {
    return fail(
        Errc::invalid,
        fmt::format("rows: {} + {} columns and sequences of {}, expected {} + {} and {}", sizes.ids,
                    sizes.dense, sizes.sequence, wanted.ids, wanted.dense, wanted.sequence));
  }
  ARS_TRY(const auto count, reader.number<std::uint64_t>());
  if (count > limits::train_rows_max) {
    return fail(Errc::overloaded, fmt::format("more than {} rows", limits::train_rows_max));
  }
  std::vector<Example> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto row = read_row(reader, sizes);
    if (!row) return within(fmt::format("row {}", i), row.error());
    rows.push_back(std::move(row).assume_value());
  }
  if (reader.left() != 0) return fail(Errc::corrupt, "rows: bytes after the last row");
  return rows;
}

Result<Split> split_by_time(std::vector<Example> rows, double test_share) {
  if (!(test_share > 0 && test_share < 1)) {
    return fail(Errc::invalid, fmt::format("test share {} is not in (0, 1)", test_share));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Example& a, const Example& b) {
    return a.occurred_at_ns < b.occurred_at_ns;
  });
  const double train_rows = std::floor((1 - test_share) * to_double(rows.size()));
  auto cut = truncate<std::size_t>(train_rows);
  while (cut > 0 && cut < rows.size() && rows[cut - 1].occurred_at_ns == rows[cut].occurred_at_ns) {
    --cut;
  }
  if (cut == 0 || cut == rows.size()) {
    return fail(Errc::invalid,
                fmt::format("{} rows do not part into training and test rows", rows.size()));
  }
  Split split;
  const auto middle = rows.begin() + narrow<std::ptrdiff_t>(cut);
  split.train.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(middle));
  split.test.assign(std::make_move_iterator(middle), std::make_move_iterator(rows.end()));
  return split;
}

}  // namespace ars::model

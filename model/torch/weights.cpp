#include "model/torch/weights.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/limits.hpp"
#include "model/training/byte_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ars::model {

namespace {

constexpr std::uint32_t magic = 0x31575241;  // "ARW1"

std::uint64_t size_of(const ParameterPlan& parameter) {
  std::uint64_t out = 1;
  for (const auto size : parameter.shape)
    out *= narrow<std::uint64_t>(size);
  return out;
}

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

void write_table(ByteWriter& out, const EmbeddingTable& table, const std::string& path) {
  std::vector<std::uint32_t> slots(table.rows() - 1);
  std::iota(slots.begin(), slots.end(), 1u);
  std::sort(slots.begin(), slots.end(),
            [&](std::uint32_t a, std::uint32_t b) { return table.ids()[a] < table.ids()[b]; });
  out.text(path);
  out.number(table.vocabulary());
  out.number(table.dim());
  out.number(std::uint64_t{slots.size()});
  for (const auto slot : slots)
    out.number(table.ids()[slot]);
  for (const auto slot : slots)
    out.reals({table.row(slot), table.dim()});
}

Result<EmbeddingTable> read_table(ByteReader& reader, const TablePlan& plan) {
  ARS_TRY(const auto path, reader.text());
  ARS_TRY(const auto vocabulary, reader.number<std::uint32_t>());
  ARS_TRY(const auto dim, reader.number<std::uint32_t>());
  ARS_TRY(const auto count, reader.number<std::uint64_t>());
  if (path != plan.path || vocabulary != plan.vocabulary || dim != plan.dim ||
      count >= vocabulary) {
    return fail(Errc::corrupt, fmt::format("table '{}' does not fit '{}'", path, plan.path));
  }
  ARS_TRY(const auto ids, reader.numbers(count));
  ARS_TRY(const auto values, reader.reals(count * dim));
  if (!all_finite(values)) {
    return fail(Errc::corrupt, fmt::format("table '{}' has a value that is not finite", path));
  }
  EmbeddingTable table(plan);
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] <= previous || ids[i] >= vocabulary) {
      return fail(Errc::corrupt, fmt::format("table '{}': id {} out of order", path, ids[i]));
    }
    previous = ids[i];
    table.put(ids[i], std::span(values).subspan(i * dim, dim));
  }
  return table;
}

Result<std::vector<float>> read_parameter(ByteReader& reader, const ParameterPlan& plan) {
  ARS_TRY(const auto path, reader.text());
  ARS_TRY(const auto size, reader.number<std::uint64_t>());
  if (path != plan.path || size != size_of(plan)) {
    return fail(Errc::corrupt, fmt::format("parameter '{}' does not fit '{}'", path, plan.path));
  }
  ARS_TRY(auto values, reader.reals(size));
  if (!all_finite(values)) {
    return fail(Errc::corrupt, fmt::format("parameter '{}' has a value that is not finite", path));
  }
  return values;
}

}  // namespace

std::vector<std::uint8_t> weights_bytes(const Plan& plan, const Weights& weights) {
  ARS_CHECK(weights.tables.size() == plan.tables.size() &&
                weights.parameters.size() == plan.parameters.size(),
            "weights of another program");
  ByteWriter out;
  out.number(magic);
  out.bytes(plan.genome);
  out.bytes(plan.columns_hash);
  out.number(narrow<std::uint32_t>(weights.tables.size()));
  out.number(narrow<std::uint32_t>(weights.parameters.size()));
  for (std::size_t i = 0; i < weights.tables.size(); ++i) {
    write_table(out, weights.tables[i], plan.tables[i].path);
  }
  for (std::size_t i = 0; i < weights.parameters.size(); ++i) {
    out.text(plan.parameters[i].path);
    out.number(std::uint64_t{weights.parameters[i].size()});
    out.reals(weights.parameters[i]);
  }
  return std::move(out).sealed();
}

Result<Weights> weights_from_bytes(const Plan& plan, ByteSpan bytes) {
  if (bytes.size() > limits::weights_bytes_max) {
    return fail(Errc::corrupt,
                fmt::format("weights: more than {} bytes", limits::weights_bytes_max));
  }
  ARS_TRY(const auto body, unsealed(bytes));
  ByteReader reader(body);
  ARS_TRY(const auto found, reader.number<std::uint32_t>());
  if (found != magic) return fail(Errc::corrupt, "weights: not a file of weights");
  ARS_TRY(const auto genome, reader.digest());
  ARS_TRY(const auto columns, reader.digest());
  if (genome != plan.genome) return fail(Errc::invalid, "weights: trained for another program");
  if (columns != plan.columns_hash) {
    return fail(Errc::invalid, "weights: trained for other columns");
  }
  ARS_TRY(const auto tables, reader.number<std::uint32_t>());
  ARS_TRY(const auto parameters, reader.number<std::uint32_t>());
  if (tables != plan.tables.size() || parameters != plan.parameters.size()) {
    return fail(Errc::corrupt, "weights: another number of tensors");
  }
  Weights out;
  for (const TablePlan& table : plan.tables) {
    ARS_TRY(auto held, read_table(reader, table));
    out.tables.push_back(std::move(held));
  }
  for (const ParameterPlan& parameter : plan.parameters) {
    ARS_TRY(auto held, read_parameter(reader, parameter));
    out.parameters.push_back(std::move(held));
  }
  if (reader.left() != 0) return fail(Errc::corrupt, "weights: bytes after the last tensor");
  return out;
}

std::uint64_t parameter_count(const Weights& weights) {
  std::uint64_t out = 0;
  for (const EmbeddingTable& table : weights.tables)
    out += (table.rows() - 1) * table.dim();
  for (const auto& values : weights.parameters)
    out += values.size();
  return out;
}

}  // namespace ars::model

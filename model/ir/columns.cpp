#include "model/ir/columns.hpp"

#include "model/limits.hpp"

#include <fmt/format.h>

#include <set>

namespace ars::model {

std::optional<std::size_t> find_column(std::span<const Column> columns, std::string_view name) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

namespace {

Result<void> check_list(std::span<const Column> list, ColumnKind kind,
                        std::set<std::string>& names) {
  for (const Column& column : list) {
    if (column.name.empty() || column.name.size() > limits::identifier_bytes_max) {
      return fail(Errc::invalid, fmt::format("column name '{}' is empty or too long", column.name));
    }
    if (!names.insert(column.name).second) {
      return fail(Errc::invalid, fmt::format("column '{}' stands twice", column.name));
    }
    if (column.kind != kind) {
      return fail(Errc::invalid, fmt::format("column '{}' is in the wrong list", column.name));
    }
    const bool bounded = column.vocabulary >= 2 && column.vocabulary <= limits::vocabulary_max;
    if (kind == ColumnKind::categorical && !bounded) {
      return fail(Errc::invalid,
                  fmt::format("column '{}': vocabulary {} is not in [2, {}]", column.name,
                              column.vocabulary, limits::vocabulary_max));
    }
  }
  return success();
}

}  // namespace

Result<void> check_columns(const Columns& columns) {
  if (columns.ids.size() + columns.dense.size() > limits::input_columns_max) {
    return fail(Errc::invalid, fmt::format("more than {} columns", limits::input_columns_max));
  }
  std::set<std::string> names;
  ARS_TRY(check_list(columns.ids, ColumnKind::categorical, names));
  ARS_TRY(check_list(columns.dense, ColumnKind::dense, names));
  if (columns.sequence_length > limits::sequence_length_max) {
    return fail(Errc::invalid, fmt::format("sequence length {} is above {}",
                                           columns.sequence_length, limits::sequence_length_max));
  }
  if (columns.sequence_vocabulary > limits::vocabulary_max) {
    return fail(Errc::invalid, fmt::format("sequence vocabulary {} is above {}",
                                           columns.sequence_vocabulary, limits::vocabulary_max));
  }
  return success();
}

}  // namespace ars::model

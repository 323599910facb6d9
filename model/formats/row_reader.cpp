#include "model/formats/row_reader.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

namespace ars::model {

Bytes32 data_hash(const std::vector<FileDigest>& files) {
  Sha256 hash;
  for (const auto& file : files) {
    hash.update_u32(narrow<std::uint32_t>(file.file.size())).update(file.file);
    hash.update_u64(file.bytes).update(ByteSpan(file.sha256));
  }
  return hash.digest();
}

RowReader::RowReader(std::string file, LineReader lines, RowFormat format)
    : file_(std::move(file)), lines_(std::move(lines)), format_(format) {}

Result<RowReader> RowReader::open(const std::string& directory, const std::string& file,
                                  RowFormat format) {
  ARS_TRY(auto lines, LineReader::open(fmt::format("{}/{}", directory, file)));
  return RowReader(file, std::move(lines), format);
}

void RowReader::add_bad(std::uint64_t line, std::string reason, std::string_view text) {
  ++bad_row_count_;
  if (bad_rows_.size() >= limits::bad_rows_max) return;
  bad_rows_.push_back({file_, line, std::move(reason), excerpt(text)});
}

void RowReader::reject(std::string reason) {
  ++rejected_;
  add_bad(line(), std::move(reason), lines_.text());
}

void RowReader::add_blank_lines() {
  for (; blank_lines_ > 0 && bad_rows_.size() < limits::bad_rows_max; --blank_lines_) {
    add_bad(line() - blank_lines_, "the line is empty", "");
  }
  bad_row_count_ += blank_lines_;
  blank_lines_ = 0;
}

bool RowReader::cut(std::vector<std::string_view>& columns) {
  std::string_view text = lines_.text();
  if (lines_.too_long()) {
    add_bad(line(), fmt::format("the line is longer than {} bytes", limits::line_bytes_max), text);
    return false;
  }
  if (!is_utf8(text)) {
    if (format_.encoding == Encoding::utf8) {
      add_bad(line(), "the line is not UTF-8", text);
      return false;
    }
    decoded_ = latin1_to_utf8(text);
    text = decoded_;
  }
  if (auto wrong = split_columns(format_.separation, text, scratch_, columns)) {
    add_bad(line(), std::move(*wrong), text);
    return false;
  }
  return true;
}

bool RowReader::next(std::vector<std::string_view>& columns) {
  while (lines_.next()) {
    if (lines_.text().empty() && !lines_.too_long()) {
      ++blank_lines_;
      continue;
    }
    add_blank_lines();
    if (!cut(columns)) continue;
    ++rows_cut_;
    return true;
  }
  return false;
}

Result<std::vector<std::size_t>> RowReader::header(const std::vector<std::string>& wanted) {
  std::vector<std::string_view> columns;
  if (!lines_.next()) {
    return fail(Errc::invalid, fmt::format("{}: the file is empty, it has no header", file_));
  }
  if (!cut(columns)) {
    return fail(Errc::invalid,
                fmt::format("{}:1: the header cannot be read: {}", file_, bad_rows_.back().reason));
  }
  header_columns_ = columns.size();
  auto places = find_columns(columns, wanted);
  if (!places.has_value()) return within(fmt::format("{}:1", file_), places.error());
  return places;
}

Result<FileDigest> RowReader::finish() {
  ARS_TRY(const auto digest, lines_.finish());
  if (bad_row_count_ > limits::bad_rows_max) {
    return fail(Errc::invalid,
                fmt::format("{}: more than {} rows cannot be read; the first is line {}: {}", file_,
                            limits::bad_rows_max, bad_rows_[0].line, bad_rows_[0].reason));
  }
  if (rows_cut_ == rejected_) {
    const auto why = bad_rows_.empty()
                         ? std::string("it has no rows")
                         : fmt::format("line {}: {}", bad_rows_[0].line, bad_rows_[0].reason);
    return fail(Errc::invalid, fmt::format("{}: not one readable row; {}", file_, why));
  }
  return FileDigest{file_, lines_.bytes_read(), digest};
}

}  // namespace ars::model

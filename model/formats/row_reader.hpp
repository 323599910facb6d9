// Turns the lines of one file into columns and keeps what could not be read. Blank lines in the
// middle, lines that are too long, not UTF-8 or not to be cut are bad rows; blank lines at the end
// are not. Owned by the reader of one form; one thread.
#pragma once

#include "model/formats/columns.hpp"
#include "model/formats/line_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ars::model {

// A row that could not be taken: kept for the quarantine, never dropped silently.
struct BadRow {
  std::string file;  // as named inside the source's directory
  std::uint64_t line = 0;
  std::string reason;
  std::string text;  // an excerpt
  friend bool operator==(const BadRow&, const BadRow&) = default;
};

// One file that was read, for the data hash.
struct FileDigest {
  std::string file;
  std::uint64_t bytes = 0;
  Bytes32 sha256{};
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

// SHA-256 over names, sizes and digests in order: the same data at another place has the same hash.
Bytes32 data_hash(const std::vector<FileDigest>& files);

struct RowFormat {
  Separation separation = Separation::csv;
  Encoding encoding = Encoding::utf8;
};

class RowReader {
 public:
  // Reads `file` inside `directory`. Errc::not_found, Errc::invalid as LineReader::open.
  static Result<RowReader> open(const std::string& directory, const std::string& file,
                                RowFormat format);

  // Moves to the next row that could be cut; `columns` lives until the next call. False at the end.
  bool next(std::vector<std::string_view>& columns);
  // The current row cannot be taken.
  void reject(std::string reason);
  // Reads the header row into places of the wanted columns. Errc::invalid as find_columns, with
  // file and line.
  Result<std::vector<std::size_t>> header(const std::vector<std::string>& wanted);
  // Columns of the header; 0 before header().
  std::size_t header_columns() const { return header_columns_; }

  std::uint64_t line() const { return lines_.number(); }
  const std::string& file() const { return file_; }
  std::uint64_t rows_cut() const { return rows_cut_; }

  // Ends the reading. Errc::invalid: reading failed, more than limits::bad_rows_max bad rows, or
  // not one row was taken (rows_cut() minus rejections, header aside).
  Result<FileDigest> finish();
  std::vector<BadRow> take_bad_rows() { return std::move(bad_rows_); }

 private:
  RowReader(std::string file, LineReader lines, RowFormat format);
  void add_bad(std::uint64_t line, std::string reason, std::string_view text);
  void add_blank_lines();
  bool cut(std::vector<std::string_view>& columns);

  std::string file_;
  LineReader lines_;
  RowFormat format_;
  std::string decoded_;
  std::string scratch_;
  std::vector<BadRow> bad_rows_;
  std::uint64_t bad_row_count_ = 0;
  std::uint64_t blank_lines_ = 0;  // directly before the current line
  std::uint64_t rows_cut_ = 0;
  std::uint64_t rejected_ = 0;
  std::size_t header_columns_ = 0;
};

}  // namespace ars::model

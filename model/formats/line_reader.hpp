// Reads a text file line by line in bounded memory and hashes every byte on the way. LF and CRLF
// end a line, a byte order mark at the start is skipped, the last line needs no ending. Owned by
// one reader of one file; one thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace ars::model {

class LineReader {
 public:
  // Errc::not_found: no such file; Errc::invalid: it exists and cannot be read.
  static Result<LineReader> open(const std::string& path);

  // Moves to the next line; false after the last one or when reading failed (see finish()).
  bool next();
  // The current line without its ending, cut at limits::line_bytes_max.
  const std::string& text() const { return text_; }
  // Of the current line, from 1.
  std::uint64_t number() const { return number_; }
  // The current line was longer than limits::line_bytes_max and is not whole.
  bool too_long() const { return too_long_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  // SHA-256 of the bytes read. REQUIRES: next() returned false. Errc::invalid: reading failed.
  Result<Bytes32> finish();

 private:
  LineReader(std::string path, std::ifstream file);
  bool fill();
  void take(const char* from, std::size_t size);

  std::string path_;
  std::ifstream file_;
  std::vector<char> chunk_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::string text_;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_read_ = 0;
  bool too_long_ = false;
  bool failed_ = false;
  Sha256 hash_;
};

}  // namespace ars::model

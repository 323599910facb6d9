#include "model/formats/line_reader.hpp"

#include "events/base/narrow.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <system_error>

namespace ars::model {

LineReader::LineReader(std::string path, std::ifstream file)
    : path_(std::move(path)), file_(std::move(file)), chunk_(limits::read_chunk_bytes) {}

Result<LineReader> LineReader::open(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return fail(Errc::not_found, fmt::format("{}: no such file", path));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return fail(Errc::invalid, fmt::format("{}: not a regular file", path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::invalid, fmt::format("{}: cannot be opened for reading", path));
  return LineReader(path, std::move(file));
}

bool LineReader::fill() {
  if (!file_) return false;
  file_.read(chunk_.data(), narrow<std::streamsize>(chunk_.size()));
  at_ = 0;
  end_ = narrow<std::size_t>(file_.gcount());
  if (file_.bad()) failed_ = true;
  hash_.update(std::string_view(chunk_.data(), end_));
  // A byte order mark says nothing that the format does not say already.
  if (bytes_read_ == 0 && end_ >= 3 && std::memcmp(chunk_.data(), "\xEF\xBB\xBF", 3) == 0) at_ = 3;
  bytes_read_ += end_;
  return end_ > at_;
}

void LineReader::take(const char* from, std::size_t size) {
  const auto room = limits::line_bytes_max - text_.size();
  if (size > room) too_long_ = true;
  text_.append(from, std::min(size, room));
}

bool LineReader::next() {
  text_.clear();
  too_long_ = false;
  bool any = false;
  while (at_ < end_ || fill()) {
    any = true;
    const char* from = chunk_.data() + at_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - at_));
    const auto size = newline == nullptr ? end_ - at_ : narrow<std::size_t>(newline - from);
    take(from, size);
    at_ += size;
    if (newline != nullptr) {
      ++at_;
      break;
    }
  }
  if (!any) return false;
  if (!too_long_ && !text_.empty() && text_.back() == '\r') text_.pop_back();
  ++number_;
  return true;
}

Result<Bytes32> LineReader::finish() {
  if (failed_) return fail(Errc::invalid, fmt::format("{}: reading failed", path_));
  return hash_.digest();
}

}  // namespace ars::model

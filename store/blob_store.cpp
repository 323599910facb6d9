#include "store/blob_store.hpp"

#include "events/base/narrow.hpp"
#include "store/limits.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

std::string key_of(const Bytes32& hash) { return std::string(as_text(hash)); }

auto failed(std::string_view doing, const fs::path& path) {
  return fail(Errc::unavailable, fmt::format("{} {}: {}", doing, path.string(),
                                             std::generic_category().message(errno)));
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : value_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool valid() const { return value_ >= 0; }
  int value() const { return value_; }

 private:
  int value_;
};

Result<void> write_synced(const fs::path& path, ByteSpan bytes) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.valid()) return failed("create", path);
  while (!bytes.empty()) {
    const auto done = ::write(file.value(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failed("write", path);
    bytes = bytes.subspan(narrow<std::size_t>(done));
  }
  if (::fsync(file.value()) != 0) return failed("sync", path);
  return success();
}

Result<void> sync_directory_of(const fs::path& path) {
  const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
  if (!directory.valid() || ::fsync(directory.value()) != 0) return failed("sync", path);
  return success();
}

Result<std::vector<std::uint8_t>> read_whole(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (!file.valid() && errno == ENOENT) return fail(Errc::not_found, path.string() + " is missing");
  if (!file.valid()) return failed("open", path);
  std::vector<std::uint8_t> out;
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > limits::blob_bytes_max) return fail(Errc::corrupt, path.string() + ": size");
  out.resize(size);
  std::size_t at = 0;
  while (at < out.size()) {
    const auto done = ::read(file.value(), out.data() + at, out.size() - at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failed("read", path);
    if (done == 0) break;
    at += narrow<std::size_t>(done);
  }
  out.resize(at);
  return out;
}

}  // namespace

BlobStore::BlobStore(const EventLog& log, fs::path directory)
    : log_(log), directory_(std::move(directory)) {}

Result<StoredBlob> BlobStore::put(ByteSpan bytes) const {
  if (bytes.size() > limits::blob_bytes_max) {
    return fail(Errc::overloaded, fmt::format("a blob of {} bytes", bytes.size()));
  }
  StoredBlob out{sha256(bytes), std::nullopt};
  if (directory_.empty() || bytes.size() <= limits::blob_inline_max) {
    out.write = Write{std::string(family::blob), key_of(out.sha256),
                      std::vector<std::uint8_t>(bytes.begin(), bytes.end())};
    return out;
  }
  const auto path = directory_ / to_hex(ByteSpan(out.sha256));
  std::error_code error;
  if (fs::exists(path, error) && get(out.sha256).has_value()) return out;
  fs::create_directories(directory_, error);
  if (error) return fail(Errc::unavailable, "cannot create " + directory_.string());
  auto temporary = path;
  temporary += ".new";
  ARS_TRY(write_synced(temporary, bytes));
  fs::rename(temporary, path, error);
  if (error) return fail(Errc::unavailable, "cannot rename " + temporary.string());
  ARS_TRY(sync_directory_of(directory_));
  ARS_TRY(sync_directory_of(directory_.parent_path()));
  return out;
}

std::optional<fs::path> BlobStore::file_of(const Bytes32& hash) const {
  std::error_code error;
  if (directory_.empty()) return std::nullopt;
  auto path = directory_ / to_hex(ByteSpan(hash));
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  return path;
}

bool BlobStore::holds(const Bytes32& hash) const {
  return file_of(hash).has_value() || log_.get(family::blob, key_of(hash)).has_value();
}

Result<std::vector<std::uint8_t>> BlobStore::get(const Bytes32& hash) const {
  std::vector<std::uint8_t> bytes;
  if (auto inline_bytes = log_.get(family::blob, key_of(hash))) {
    bytes = std::move(*inline_bytes);
  } else if (const auto path = file_of(hash)) {
    ARS_TRY(bytes, read_whole(*path));
  } else {
    return fail(Errc::not_found, "blob " + to_hex(ByteSpan(hash)) + " is not there");
  }
  if (sha256(bytes) != hash) {
    return fail(Errc::corrupt,
                "blob " + to_hex(ByteSpan(hash)) + " has other bytes than its name says");
  }
  return bytes;
}

}  // namespace ars::store

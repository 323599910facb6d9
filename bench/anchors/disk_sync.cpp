#include "bench/anchors/disk_sync.hpp"

#include "bench/stopwatch.hpp"
#include "events/base/narrow.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace ars::bench {

Result<double> disk_syncs_per_second(const std::filesystem::path& directory, double seconds) {
  constexpr std::size_t block_bytes = 4096;
  const auto path = directory / "sync";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(Errc::unavailable, "cannot write " + path.string());
  const std::array<char, block_bytes> block{};
  std::uint64_t syncs = 0;
  bool written = true;
  const Stopwatch watch;
  while (written && watch.seconds() < seconds) {
    written = ::write(file, block.data(), block.size()) == narrow<ssize_t>(block.size()) &&
              ::fdatasync(file) == 0;
    ++syncs;
  }
  const auto taken = watch.seconds();
  ::close(file);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (!written) return fail(Errc::unavailable, "cannot sync " + path.string());
  return to_double(syncs) / taken;
}

}  // namespace ars::bench

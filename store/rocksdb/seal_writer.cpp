#include "store/rocksdb/seal_writer.hpp"

#include "events/base/narrow.hpp"
#include "store/rocksdb/covered_offsets.hpp"

#include <rocksdb/env.h>

#include <algorithm>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t chunk_bytes = 1u << 20;

Result<SealedFile> sealed(const fs::path& path, std::string name) {
  std::error_code error;
  SealedFile out;
  out.name = std::move(name);
  out.family = "-";
  out.lowest = {Stream{Topic::evt, 0}, Offset(0)};
  out.bytes = fs::file_size(path, error);
  if (error) return fail(Errc::unavailable, "cannot read " + path.string());
  ARS_TRY(out.checksum, sha256_of_file(path));
  return out;
}

}  // namespace

Lowest lowest_covered(const LiveFile& file, const TimeOf& time_of) {
  std::optional<Lowest> best;
  const auto covered = CoveredOffsets::from_bytes(file.covers);
  for (const auto& at : covered.lowest()) {
    const auto time = time_of(at);
    if (!time.has_value()) continue;
    if (!best || *time < best->time_ns || (*time == best->time_ns && at < best->at)) {
      best = Lowest{at, *time};
    }
  }
  return best.value_or(Lowest{{Stream{Topic::evt, 0}, Offset(0)}, 0});
}

bool is_data_file(const std::string& name) {
  return !name.starts_with("LOG") && !name.starts_with("OPTIONS") && name != "LOCK" &&
         !name.ends_with(".dbtmp");
}

std::string manifest_checksum_text(std::string_view raw) {
  return "crc32c:" + to_hex(as_bytes(raw));
}

Result<std::string> sha256_of_file(const fs::path& path) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  auto status = rocksdb::Env::Default()->NewSequentialFile(path.string(), &file, {});
  Sha256 sum;
  std::string scratch(chunk_bytes, '\0');
  while (status.ok()) {
    rocksdb::Slice chunk;
    status = file->Read(chunk_bytes, &chunk, scratch.data());
    if (!status.ok() || chunk.empty()) break;
    sum.update(std::string_view(chunk.data(), chunk.size()));
  }
  if (!status.ok()) {
    return fail(Errc::unavailable, "read " + path.string() + ": " + status.ToString());
  }
  return "sha256:" + to_hex(ByteSpan(sum.digest()));
}

Result<void> write_seal(const LogPaths& paths, const ClusterId& cluster, const SigningKey& key,
                        const std::vector<LiveFile>& files, const std::vector<Lowest>& lowest) {
  Seal seal;
  seal.cluster = cluster;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(paths.database, error)) {
    const auto name = entry.path().filename().string();
    if (!is_data_file(name) || !entry.is_regular_file()) continue;
    const auto live = std::find_if(files.begin(), files.end(),
                                   [&](const LiveFile& file) { return file.name == name; });
    if (live == files.end()) {
      ARS_TRY(auto file, sealed(entry.path(), "db/" + name));
      seal.files.push_back(std::move(file));
      continue;
    }
    const auto& first = lowest[narrow<std::size_t>(live - files.begin())];
    seal.files.push_back({"db/" + name, live->bytes, manifest_checksum_text(live->checksum),
                          live->family, first.at, first.time_ns});
  }
  if (error) return fail(Errc::unavailable, "cannot list " + paths.database.string());
  if (fs::exists(paths.blobs, error)) {
    for (const auto& entry : fs::directory_iterator(paths.blobs, error)) {
      const auto name = entry.path().filename().string();
      if (!entry.is_regular_file() || name.size() != 64) continue;
      ARS_TRY(auto file, sealed(entry.path(), "blobs/" + name));
      seal.files.push_back(std::move(file));
    }
  }
  std::sort(seal.files.begin(), seal.files.end(),
            [](const SealedFile& a, const SealedFile& b) { return a.name < b.name; });
  return replace_file(paths.seal, seal_text(seal, key));
}

}  // namespace ars::store

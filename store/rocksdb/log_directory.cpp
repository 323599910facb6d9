#include "store/rocksdb/log_directory.hpp"

#include "store/limits.hpp"
#include "store/rocksdb/database.hpp"

#include <fmt/format.h>
#include <rocksdb/env.h>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

rocksdb::Env& env() { return *rocksdb::Env::Default(); }

Result<void> done(const rocksdb::Status& status, std::string_view doing, const fs::path& path) {
  if (status.ok()) return success();
  return fail(Errc::unavailable, fmt::format("{} {}: {}", doing, path.string(), status.ToString()));
}

fs::path resolved(const fs::path& directory) {
  std::error_code error;
  auto out = fs::weakly_canonical(directory, error);
  return error ? directory : out;
}

}  // namespace

LogPaths::LogPaths(const fs::path& given)
    : directory(resolved(given)),
      database(directory / "db"),
      heads(directory / "heads"),
      tail(directory / "tail"),
      seal(directory / "seal"),
      seal_aside(directory / "seal.opening"),
      key(directory / "key"),
      blobs(directory / "blobs") {}

Result<void> sync_directory(const fs::path& path) {
  std::unique_ptr<rocksdb::Directory> directory;
  ARS_TRY(done(env().NewDirectory(path.string(), &directory), "open", path));
  return done(directory->Fsync(), "sync", path);
}

Result<void> replace_file(const fs::path& path, std::string_view bytes, Secrecy secrecy) {
  auto temporary = path;
  temporary += ".new";
  std::unique_ptr<rocksdb::WritableFile> file;
  ARS_TRY(done(env().NewWritableFile(temporary.string(), &file, {}), "create", temporary));
  if (secrecy == Secrecy::owner_only) {
    std::error_code error;
    fs::permissions(temporary, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) return fail(Errc::unavailable, "cannot protect " + temporary.string());
  }
  ARS_TRY(done(file->Append({bytes.data(), bytes.size()}), "write", temporary));
  ARS_TRY(done(file->Fsync(), "sync", temporary));
  ARS_TRY(done(file->Close(), "close", temporary));
  return rename_file(temporary, path);
}

Result<void> rename_file(const fs::path& from, const fs::path& to) {
  ARS_TRY(done(env().RenameFile(from.string(), to.string()), "rename to", to));
  return sync_directory(to.parent_path());
}

Result<void> remove_file(const fs::path& path) {
  std::error_code error;
  if (!fs::remove(path, error) || error) {
    if (error) return fail(Errc::unavailable, "cannot remove " + path.string());
    return success();
  }
  return sync_directory(path.parent_path());
}

Result<std::optional<std::string>> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::optional<std::string>();
  const auto size = fs::file_size(path, error);
  if (error || size > limits::whole_file_bytes_max) {
    return fail(Errc::unavailable, path.string() + " is no file to be read whole");
  }
  std::string out;
  ARS_TRY(done(rocksdb::ReadFileToString(&env(), path.string(), &out), "read", path));
  return std::optional<std::string>(std::move(out));
}

bool is_locked(const LogPaths& paths) {
  const auto lock_path = paths.database / "LOCK";
  std::error_code error;
  if (!fs::exists(lock_path, error)) return false;
  rocksdb::FileLock* lock = nullptr;
  const auto status = env().LockFile(lock_path.string(), &lock);
  if (status.ok()) {
    env().UnlockFile(lock);
    return false;
  }
  // A directory on a read-only disk cannot be locked, and nobody can be writing to it.
  return error_of(status, "lock").code == Errc::conflict;
}

Result<std::optional<KnownHeads>> known_heads(const LogPaths& paths) {
  ARS_TRY(const auto text, read_file(paths.heads));
  if (!text.has_value()) return std::optional<KnownHeads>();
  KnownHeads out;
  ARS_TRY(out.file, head_file_from_text(*text));
  out.newest = out.file.heads;
  ARS_TRY(const auto tail, read_file(paths.tail));
  if (tail.has_value()) {
    if (const auto slot = newest_tail(*tail)) out.newest = newest_heads(out.newest, slot->heads);
  }
  return std::optional<KnownHeads>(std::move(out));
}

bool holds_log(const LogPaths& paths) {
  std::error_code error;
  for (const auto& path : {paths.database, paths.seal, paths.tail}) {
    if (fs::exists(path, error)) return true;
  }
  if (!fs::exists(paths.heads, error)) return false;
  const auto known = known_heads(paths);
  return known.has_error() || (known.value().has_value() && !known.value()->newest.empty());
}

TailFile::~TailFile() = default;

Result<std::unique_ptr<TailFile>> TailFile::open(const LogPaths& paths) {
  // A fresh file: what an older one knew was checked against the database before.
  ARS_TRY(replace_file(paths.tail, ""));
  std::unique_ptr<TailFile> out(new TailFile());
  ARS_TRY(done(env().NewRandomRWFile(paths.tail.string(), &out->file_, {}), "open", paths.tail));
  return out;
}

Result<void> TailFile::note(const std::vector<Head>& heads) {
  slot_.counter += 1;
  slot_.heads = heads;
  const auto bytes = tail_slot_bytes_of(slot_);
  const auto status = file_->Write((slot_.counter % 2) * tail_slot_bytes, bytes);
  if (!status.ok()) return fail(Errc::unavailable, "write the tail file: " + status.ToString());
  return success();
}

Result<void> TailFile::close() {
  const auto status = file_->Close();
  file_.reset();
  if (!status.ok()) return fail(Errc::unavailable, "close the tail file: " + status.ToString());
  return success();
}

}  // namespace ars::store

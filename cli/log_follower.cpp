#include "cli/log_follower.hpp"

#include "runtime/entropy.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace ars::cli {
namespace {

namespace fs = std::filesystem;

constexpr int copy_tries = 20;
constexpr auto poll_every = Duration::milliseconds(500);
constexpr auto retry_after = Duration::milliseconds(50);

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Tables never change once written: a link will do, a copy where links cannot be.
void link_tables(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const auto target = to / entry.path().filename();
    if (entry.path().extension() != ".sst" || fs::exists(target, error)) continue;
    fs::create_hard_link(entry.path(), target, error);
    if (error) fs::copy_file(entry.path(), target, error);
  }
}

void copy_rest(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".sst") || name == "LOCK" || name.starts_with("LOG")) continue;
    fs::copy_file(entry.path(), to / name, fs::copy_options::overwrite_existing, error);
  }
}

}  // namespace

LogFollower::LogFollower(std::string directory) : directory_(std::move(directory)) {}
LogFollower::~LogFollower() { drop_copy(); }

void LogFollower::drop_copy() {
  std::error_code error;
  if (!copy_.empty()) fs::remove_all(copy_, error);
  copy_.clear();
}

// What changes with every commit: the slot file beside the database.
std::string LogFollower::mark() const {
  return bytes_of(directory_ / "tail") + bytes_of(directory_ / "heads");
}

Result<std::optional<OpenLog>> LogFollower::open() {
  drop_copy();
  seen_ = mark();
  auto opened = open_log(directory_.string());
  if (opened.has_value()) return std::optional<OpenLog>(std::move(opened).value());
  if (opened.error().code != Errc::conflict) return outcome::failure(opened.error());
  return open_copy();
}

// Heads first, tables, the manifest and the write-ahead logs, then tables again: the copy is then
// never older than its heads. A table that went away meanwhile makes it useless, and it is made
// anew.
Result<std::optional<OpenLog>> LogFollower::open_copy() {
  runtime::SystemEntropy entropy;
  std::array<std::uint8_t, 6> name{};
  Error last;
  for (int i = 0; i < copy_tries; ++i) {
    drop_copy();
    ARS_TRY(entropy.fill(name));
    // Beside the log, so that links work.
    const auto parent = fs::absolute(directory_).lexically_normal().parent_path();
    copy_ = parent / fmt::format(".ars-tail-{}", to_hex(name));
    std::error_code error;
    fs::create_directories(copy_ / "db", error);
    if (error) return fail(Errc::denied, "cannot write beside the log: " + copy_.string());
    for (const auto* file : {"heads", "tail"}) {
      fs::copy_file(directory_ / file, copy_ / file, error);
    }
    link_tables(directory_ / "db", copy_ / "db");
    copy_rest(directory_ / "db", copy_ / "db");
    link_tables(directory_ / "db", copy_ / "db");
    auto opened = open_log(copy_.string());
    if (opened.has_value()) return std::optional<OpenLog>(std::move(opened).value());
    last = opened.error();
    if (!interrupt_.wait(retry_after)) return std::optional<OpenLog>();
  }
  return fail(Errc::unavailable, "the log is busy and could not be read: " + last.context);
}

Result<std::optional<OpenLog>> LogFollower::wait() {
  while (mark() == seen_) {
    if (!interrupt_.wait(poll_every)) return std::optional<OpenLog>();
  }
  return open();
}

}  // namespace ars::cli

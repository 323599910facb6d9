#include "store/rocksdb/manifest.hpp"

#include "store/rocksdb/block_log.hpp"
#include "store/rocksdb/log_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

// Field numbers of RocksDB's version edits (db/version_edit.h).
enum Field : std::uint32_t {
  comparator = 1,
  log_number = 2,
  next_file = 3,
  last_sequence = 4,
  compact_cursor = 5,
  deleted_file = 6,
  prev_log_number = 9,
  min_log_number = 10,
  new_file4 = 103,
  column_family = 200,
  family_add = 201,
  family_drop = 202,
  max_family = 203,
  in_atomic_group = 300,
  safe_to_skip = 1u << 13,
};
enum FileField : std::uint32_t { end_of_file = 1, checksum = 7, checksum_name = 8, path_id = 65 };

constexpr std::size_t internal_key_suffix = 8;

struct Edit {
  std::uint32_t family = 0;
  std::optional<std::string> add;
  bool drop = false;
  std::optional<std::uint64_t> log;
  std::vector<std::uint64_t> removed;
  std::vector<ManifestFile> added;
};

std::string user_key(std::string_view internal) {
  return std::string(
      internal.substr(0, internal.size() - std::min(internal.size(), internal_key_suffix)));
}

bool read_file_fields(std::string_view& from, ManifestFile& file) {
  while (true) {
    const auto field = take_varint32(from);
    if (!field) return false;
    if (*field == FileField::end_of_file) return true;
    const auto value = take_counted(from);
    if (!value) return false;
    if (*field == FileField::checksum) file.checksum = *value;
    if (*field == FileField::checksum_name) file.checksum_name = *value;
  }
}

bool read_new_file(std::string_view& from, Edit& edit) {
  const auto level = take_varint32(from);
  const auto number = take_varint64(from);
  const auto bytes = take_varint64(from);
  const auto smallest = take_counted(from);
  const auto largest = take_counted(from);
  const auto lowest_sequence = take_varint64(from);
  const auto highest_sequence = take_varint64(from);
  if (!level || !number || !bytes || !smallest || !largest || !lowest_sequence ||
      !highest_sequence) {
    return false;
  }
  ManifestFile file;
  file.number = *number;
  file.bytes = *bytes;
  file.smallest = user_key(*smallest);
  file.largest = user_key(*largest);
  if (!read_file_fields(from, file)) return false;
  edit.added.push_back(std::move(file));
  return true;
}

bool read_field(std::uint32_t field, std::string_view& from, Edit& edit) {
  switch (field) {
    case comparator:
      return take_counted(from).has_value();
    case log_number:
      edit.log = take_varint64(from);
      return edit.log.has_value();
    case next_file:
    case last_sequence:
    case prev_log_number:
    case min_log_number:
      return take_varint64(from).has_value();
    case compact_cursor:
      return take_varint32(from).has_value() && take_counted(from).has_value();
    case deleted_file: {
      const auto level = take_varint32(from);
      const auto number = take_varint64(from);
      if (!level || !number) return false;
      edit.removed.push_back(*number);
      return true;
    }
    case new_file4:
      return read_new_file(from, edit);
    case column_family: {
      const auto family = take_varint32(from);
      edit.family = family.value_or(0);
      return family.has_value();
    }
    case family_add: {
      const auto name = take_counted(from);
      if (name) edit.add = std::string(*name);
      return name.has_value();
    }
    case family_drop:
      edit.drop = true;
      return true;
    case max_family:
    case in_atomic_group:
      return take_varint32(from).has_value();
    default:
      return (field & safe_to_skip) != 0 && take_counted(from).has_value();
  }
}

std::optional<Edit> read_edit(std::string_view from) {
  Edit edit;
  while (!from.empty()) {
    const auto field = take_varint32(from);
    if (!field || !read_field(*field, from, edit)) return std::nullopt;
  }
  return edit;
}

void apply(Edit edit, Manifest& manifest) {
  if (edit.drop) {
    manifest.families.erase(edit.family);
    return;
  }
  auto& family = manifest.families[edit.family];
  if (edit.add) family.name = *edit.add;
  if (edit.log) family.log_number = *edit.log;
  for (const auto number : edit.removed)
    family.files.erase(number);
  for (auto& file : edit.added) {
    const auto number = file.number;
    family.files[number] = std::move(file);
  }
}

std::string newest_manifest(const fs::path& database) {
  std::string newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(database, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("MANIFEST-")) newest = std::max(newest, name);
  }
  return newest;
}

}  // namespace

std::string ManifestFile::name() const { return fmt::format("{:06}.sst", number); }

Result<Manifest> read_manifest(const fs::path& database) {
  Manifest out;
  ARS_TRY(const auto current, read_file(database / "CURRENT"));
  std::error_code error;
  const bool usable = current && current->starts_with("MANIFEST-") && current->ends_with('\n') &&
                      fs::exists(database / current->substr(0, current->size() - 1), error);
  if (usable) {
    out.name = current->substr(0, current->size() - 1);
  } else {
    out.damage.emplace_back("CURRENT does not name a manifest");
    out.name = newest_manifest(database);
    if (out.name.empty()) return fail(Errc::not_found, "no manifest in " + database.string());
  }
  ARS_TRY(const auto bytes, read_file(database / out.name));
  const auto log = read_block_log(bytes.value_or(""));
  for (const auto& what : log.damage)
    out.damage.push_back(out.name + ": " + what);
  // Edits are small and synced, so that not even a kill tears one.
  if (log.end == BlockLogEnd::torn) out.damage.push_back(out.name + " ends within an edit");
  out.families[0].name = "default";
  for (const auto& record : log.records) {
    if (!record.intact) continue;
    auto edit = read_edit(record.payload);
    if (edit) {
      apply(std::move(*edit), out);
    } else {
      out.damage.push_back(out.name + ": an edit does not parse");
    }
  }
  if (log.records.empty()) out.damage.push_back(out.name + " holds nothing");
  return out;
}

}  // namespace ars::store

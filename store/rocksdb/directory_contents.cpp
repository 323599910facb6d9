#include "store/rocksdb/directory_contents.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "store/rocksdb/key_layout.hpp"
#include "store/rocksdb/table_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <queue>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> log_file_number(const std::string& name) {
  if (!name.ends_with(".log")) return std::nullopt;
  std::uint64_t number = 0;
  const auto* end = name.data() + name.size() - 4;
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::string damage_of(const fs::path& path, const ManifestFile& file) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return "is missing";
  if (size != file.bytes) return fmt::format("has {} bytes instead of {}", size, file.bytes);
  if (file.checksum.empty()) return {};
  const auto sum = table_checksum(path);
  if (sum.has_error()) return sum.error().context;
  return sum.value() == file.checksum ? "" : "fails its whole-file checksum";
}

}  // namespace

Result<DirectoryContents> DirectoryContents::load(const LogPaths& paths) {
  DirectoryContents out;
  out.database_ = paths.database;
  ARS_TRY(out.manifest_, read_manifest(paths.database));
  ARS_TRY(out.load_tables());
  ARS_TRY(out.load_logs());
  out.collect_pending();
  return out;
}

Result<void> DirectoryContents::load_tables() {
  for (const auto& [id, family] : manifest_.families) {
    for (const auto& [number, file] : family.files) {
      Table table{family.name, file, {}};
      table.damage = damage_of(path_of(table), file);
      tables_.push_back(std::move(table));
    }
  }
  return success();
}

Result<void> DirectoryContents::load_logs() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(database_, error)) {
    const auto name = entry.path().filename().string();
    const auto number = log_file_number(name);
    if (!number) continue;
    WriteAheadLog log{name, *number, {}, {}};
    ARS_TRY(auto bytes, read_file(entry.path()));
    log.bytes = std::move(bytes).value_or("");
    log.log = read_block_log(log.bytes);
    logs_.push_back(std::move(log));
  }
  if (error) return fail(Errc::unavailable, "cannot list " + database_.string());
  std::sort(logs_.begin(), logs_.end(),
            [](const WriteAheadLog& a, const WriteAheadLog& b) { return a.number < b.number; });
  return success();
}

void DirectoryContents::collect_pending() {
  for (const auto& log : logs_) {
    for (const auto& record : log.log.records) {
      if (!record.intact) continue;
      for (const auto& operation : operations_of(record.payload).operations) {
        const auto family = manifest_.families.find(operation.family);
        if (family == manifest_.families.end() || log.number < family->second.log_number) continue;
        if (operation.kind != BatchOperationView::Kind::put) continue;
        pending_[family->second.name].push_back({operation.key, operation.value});
      }
    }
  }
}

const std::vector<PendingRowView>& DirectoryContents::pending(const std::string& name) const {
  static const std::vector<PendingRowView> none;
  const auto found = pending_.find(name);
  return found == pending_.end() ? none : found->second;
}

std::string DirectoryContents::family_name(std::uint32_t number) const {
  const auto found = manifest_.families.find(number);
  return found == manifest_.families.end() ? std::string() : found->second.name;
}

void DirectoryContents::each_row(const std::string& name, const Visit& visit) const {
  for (const auto& table : tables_) {
    if (table.family != name) continue;
    auto opened = TableCursor::open(path_of(table));
    if (opened.has_error()) continue;
    auto& cursor = *opened.assume_value();
    for (bool more = cursor.first(); more; more = cursor.next())
      visit(cursor.key(), cursor.value());
  }
  for (const auto& row : pending(name))
    visit(row.key, row.value);
}

struct MergedLog::Impl {
  struct Source {
    std::unique_ptr<TableCursor> cursor;  // empty: the pending rows
    std::string_view key() const { return cursor ? cursor->key() : rows[at].key; }
    std::string_view value() const { return cursor ? cursor->value() : rows[at].value; }
    bool next() { return cursor ? cursor->next() : ++at < rows.size(); }
    std::vector<PendingRowView> rows;
    std::size_t at = 0;
  };
  struct Later {
    const std::vector<Source>* sources;
    bool operator()(std::size_t a, std::size_t b) const {
      return (*sources)[a].key() > (*sources)[b].key();
    }
  };

  std::vector<Source> sources;
  std::vector<std::size_t> heap;
  std::optional<std::size_t> current;
};

MergedLog::MergedLog(const DirectoryContents& contents, std::set<Stream> streams)
    : impl_(std::make_unique<Impl>()) {
  for (const auto& table : contents.tables()) {
    if (table.family != keys::log_family) continue;
    auto opened = TableCursor::open(contents.path_of(table));
    if (opened.has_error()) continue;
    auto cursor = std::move(opened).assume_value();
    cursor->skip_damage(streams, table.file.smallest);
    if (cursor->first()) impl_->sources.push_back({std::move(cursor), {}, 0});
  }
  auto rows = contents.pending(std::string(keys::log_family));
  std::sort(rows.begin(), rows.end(),
            [](const PendingRowView& a, const PendingRowView& b) { return a.key < b.key; });
  if (!rows.empty()) impl_->sources.push_back({nullptr, std::move(rows), 0});
  for (std::size_t i = 0; i < impl_->sources.size(); ++i)
    impl_->heap.push_back(i);
  std::make_heap(impl_->heap.begin(), impl_->heap.end(), Impl::Later{&impl_->sources});
}

MergedLog::~MergedLog() = default;

bool MergedLog::next() {
  auto& [sources, heap, current] = *impl_;
  const Impl::Later later{&sources};
  if (current) {
    const bool more = sources[*current].next();
    // The source that gave the last row gives the next one too, as a rule.
    if (more && (heap.empty() || sources[*current].key() < sources[heap.front()].key()))
      return true;
    if (more) {
      heap.push_back(*current);
      std::push_heap(heap.begin(), heap.end(), later);
    }
    current.reset();
  }
  if (heap.empty()) return false;
  std::pop_heap(heap.begin(), heap.end(), later);
  current = heap.back();
  heap.pop_back();
  return true;
}

std::string_view MergedLog::key() const { return impl_->sources[*impl_->current].key(); }
std::string_view MergedLog::value() const { return impl_->sources[*impl_->current].value(); }

}  // namespace ars::store

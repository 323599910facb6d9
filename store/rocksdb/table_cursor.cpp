#include "store/rocksdb/table_cursor.hpp"

#include "store/rocksdb/block_log.hpp"
#include "store/rocksdb/covered_offsets.hpp"
#include "store/rocksdb/database.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <cstring>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t chunk_bytes = 1u << 20;
constexpr std::size_t footer_bytes = 53;
constexpr std::size_t block_trailer_bytes = 5;
constexpr std::uint64_t table_magic = 0x88e241b785f4cff7ull;
constexpr std::uint64_t gallop_max = 1ull << 40;

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& from) { return {from.data(), from.size()}; }

// The footer has no checksum of its own: a handle that points nowhere would make the library ask
// for any amount of memory.
bool footer_is_sane(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size < footer_bytes) return false;
  std::unique_ptr<rocksdb::RandomAccessFile> file;
  std::string scratch(footer_bytes, '\0');
  rocksdb::Slice footer;
  if (!rocksdb::Env::Default()->NewRandomAccessFile(path.string(), &file, {}).ok() ||
      !file->Read(size - footer_bytes, footer_bytes, &footer, scratch.data()).ok() ||
      footer.size() != footer_bytes) {
    return false;
  }
  std::uint64_t magic = 0;
  std::memcpy(&magic, footer.data() + footer_bytes - sizeof(magic), sizeof(magic));
  if (magic != table_magic) return false;
  auto handles = view(footer).substr(1, 40);
  for (int i = 0; i < 2; ++i) {
    const auto offset = take_varint64(handles);
    const auto length = take_varint64(handles);
    if (!offset || !length || *offset > size || *length > size ||
        *offset + *length + block_trailer_bytes > size) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::string> table_checksum(const fs::path& path) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  auto status = rocksdb::Env::Default()->NewSequentialFile(path.string(), &file, {});
  if (!status.ok()) return outcome::failure(error_of(status, "read " + path.string()));
  const auto generator =
      rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator({});
  std::string scratch(chunk_bytes, '\0');
  while (true) {
    rocksdb::Slice chunk;
    status = file->Read(chunk_bytes, &chunk, scratch.data());
    if (!status.ok()) return outcome::failure(error_of(status, "read " + path.string()));
    if (chunk.empty()) break;
    generator->Update(chunk.data(), chunk.size());
  }
  generator->Finalize();
  return generator->GetChecksum();
}

struct TableCursor::Impl {
  explicit Impl(const rocksdb::Options& options) : reader(options) {}
  void renew() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.readahead_size = chunk_bytes;
    options.fill_cache = false;
    it.reset(reader.NewIterator(options));
  }
  rocksdb::SstFileReader reader;
  std::unique_ptr<rocksdb::Iterator> it;
};

TableCursor::TableCursor() = default;
TableCursor::~TableCursor() = default;

Result<std::unique_ptr<TableCursor>> TableCursor::open(const fs::path& path) {
  if (!footer_is_sane(path)) return fail(Errc::corrupt, path.string() + ": the footer is damaged");
  rocksdb::Options options;
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  std::unique_ptr<TableCursor> out(new TableCursor());
  out->impl_ = std::make_unique<Impl>(options);
  const auto status = out->impl_->reader.Open(path.string());
  if (!status.ok()) return outcome::failure(error_of(status, "open " + path.string()));
  out->impl_->renew();
  return out;
}

void TableCursor::skip_damage(std::set<Stream> streams, std::string smallest_key) {
  skips_ = true;
  streams_ = std::move(streams);
  last_ = keys::pointer_of(smallest_key);
}

bool TableCursor::first() {
  impl_->it->SeekToFirst();
  return settle();
}

bool TableCursor::next() {
  impl_->it->Next();
  return settle();
}

bool TableCursor::find(std::string_view wanted) {
  impl_->it->Seek(slice(wanted));
  return impl_->it->Valid() && key() == wanted;
}

std::string_view TableCursor::key() const { return view(impl_->it->key()); }
std::string_view TableCursor::value() const { return view(impl_->it->value()); }

bool TableCursor::settle() {
  if (impl_->it->Valid()) {
    if (skips_) last_ = keys::pointer_of(key());
    return true;
  }
  if (impl_->it->status().ok()) return false;
  damaged_ = true;
  return skips_ && last_.has_value() && resume();
}

bool TableCursor::resume() {
  const auto from = *last_;
  auto landing = resume_in(from.stream, from.offset.value() + 1);
  for (auto it = streams_.upper_bound(from.stream);
       landing == Landing::damage && it != streams_.end(); ++it) {
    landing = resume_in(*it, 0);
  }
  return landing == Landing::row;
}

// Finds the least offset from which the stream, or what follows it, can be read again.
TableCursor::Landing TableCursor::resume_in(const Stream& stream, std::uint64_t from) {
  std::uint64_t step = 0;
  std::uint64_t unreadable = from;
  auto landing = seek({stream, Offset(from)});
  while (landing == Landing::damage) {
    unreadable = from + step;
    step = step == 0 ? 1 : step * 2;
    if (step > gallop_max) return Landing::damage;
    landing = seek({stream, Offset(from + step)});
  }
  auto readable = from + step;
  while (unreadable + 1 < readable) {
    const auto middle = unreadable + (readable - unreadable) / 2;
    const bool bad = seek({stream, Offset(middle)}) == Landing::damage;
    (bad ? unreadable : readable) = middle;
  }
  return seek({stream, Offset(readable)});
}

TableCursor::Landing TableCursor::seek(const Pointer& target) {
  impl_->renew();
  impl_->it->Seek(slice(keys::text(keys::pointer(target))));
  if (!impl_->it->Valid()) return impl_->it->status().ok() ? Landing::end : Landing::damage;
  last_ = keys::pointer_of(key());
  return Landing::row;
}

std::string TableCursor::covers() const {
  const auto properties = impl_->reader.GetTableProperties();
  if (properties == nullptr) return {};
  const auto found = properties->user_collected_properties.find(std::string(covers_property));
  return found == properties->user_collected_properties.end() ? std::string() : found->second;
}

}  // namespace ars::store

#include "bench/anchors/raw_rocksdb.hpp"

#include "store/rocksdb/database.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

namespace ars::bench {
namespace {

constexpr std::size_t protection_bytes = 8;  // of a key, as the log's batches have

}  // namespace

struct RawRocksDb::Impl {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // by number; one for all where there is one
  RawFamilies families = RawFamilies::as_the_log;
  std::vector<rocksdb::WriteBatch> batches;
};

RawRocksDb::RawRocksDb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RawRocksDb::~RawRocksDb() {
  for (auto* handle : impl_->handles)
    impl_->db->DestroyColumnFamilyHandle(handle);
}

Result<std::unique_ptr<RawRocksDb>> RawRocksDb::create(const std::filesystem::path& directory,
                                                       RawFamilies families) {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  if (families == RawFamilies::as_the_log) {
    for (const auto& name : store::column_families()) {
      descriptors.emplace_back(name, store::family_options(name));
    }
  } else {
    descriptors.emplace_back("default", store::family_options(store::keys::log_family));
  }
  auto options = store::database_options();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  auto impl = std::make_unique<Impl>();
  impl->families = families;
  rocksdb::DB* raw = nullptr;
  const auto status =
      rocksdb::DB::Open(options, directory.string(), descriptors, &impl->handles, &raw);
  if (!status.ok()) return outcome::failure(store::error_of(status, "raw RocksDB"));
  impl->db.reset(raw);
  return std::unique_ptr<RawRocksDb>(new RawRocksDb(std::move(impl)));
}

void RawRocksDb::prepare(const std::vector<RawBatch>& batches) {
  const bool one = impl_->families == RawFamilies::one;
  impl_->batches.reserve(batches.size());
  for (const auto& from : batches) {
    auto& batch = impl_->batches.emplace_back(0, 0, protection_bytes, 0);
    for (const auto& row : from.rows) {
      auto* handle = impl_->handles[one ? 0 : row.family];
      const auto key = one ? std::string(1, static_cast<char>(row.family)) + row.key : row.key;
      if (row.value.has_value()) {
        batch.Put(handle, key, *row.value);
      } else {
        batch.Delete(handle, key);
      }
    }
  }
}

Result<void> RawRocksDb::write() {
  const auto options = store::write_options(store::Durability::synced);
  for (auto& batch : impl_->batches) {
    const auto status = impl_->db->Write(options, &batch);
    if (!status.ok()) return outcome::failure(store::error_of(status, "raw RocksDB"));
  }
  return success();
}

}  // namespace ars::bench

#include "store/rocksdb/covered_offsets.hpp"

#include "store/rocksdb/key_layout.hpp"

#include <rocksdb/table_properties.h>

#include <algorithm>

namespace ars::store {
namespace {

class Collector : public rocksdb::TablePropertiesCollector {
 public:
  explicit Collector(std::string family_name) : family_(std::move(family_name)) {}

  rocksdb::Status AddUserKey(const rocksdb::Slice& key, const rocksdb::Slice& value,
                             rocksdb::EntryType type, rocksdb::SequenceNumber,
                             std::uint64_t) override {
    if (type != rocksdb::kEntryPut) return rocksdb::Status::OK();
    const auto at = pointer_in_row(family_, {key.data(), key.size()}, {value.data(), value.size()});
    if (at.has_value()) covered_.add(*at);
    return rocksdb::Status::OK();
  }
  rocksdb::Status Finish(rocksdb::UserCollectedProperties* properties) override {
    if (!covered_.empty()) (*properties)[std::string(covers_property)] = covered_.to_bytes();
    return rocksdb::Status::OK();
  }
  rocksdb::UserCollectedProperties GetReadableProperties() const override { return {}; }
  const char* Name() const override { return "ars.covered_offsets"; }

 private:
  std::string family_;
  CoveredOffsets covered_;
};

class Factory : public rocksdb::TablePropertiesCollectorFactory {
 public:
  explicit Factory(std::string_view family_name) : family_(family_name) {}
  rocksdb::TablePropertiesCollector* CreateTablePropertiesCollector(Context) override {
    return new Collector(family_);
  }
  const char* Name() const override { return "ars.covered_offsets_factory"; }

 private:
  std::string family_;
};

}  // namespace

void CoveredOffsets::add(const Pointer& at) {
  // A file holds few streams, and long runs of one: the last one found is moved to the front.
  for (auto& known : lowest_) {
    if (known.stream != at.stream) continue;
    known.offset = std::min(known.offset, at.offset);
    if (&known != &lowest_.front()) std::swap(known, lowest_.front());
    return;
  }
  lowest_.push_back(at);
}

void CoveredOffsets::add_all(const CoveredOffsets& other) {
  for (const auto& at : other.lowest_)
    add(at);
}

std::string CoveredOffsets::to_bytes() const {
  auto ordered = lowest_;
  std::sort(ordered.begin(), ordered.end());
  std::string out;
  for (const auto& at : ordered)
    out.append(keys::text(keys::pointer(at)));
  return out;
}

CoveredOffsets CoveredOffsets::from_bytes(std::string_view bytes) {
  CoveredOffsets out;
  if (bytes.size() % keys::pointer_bytes != 0) return out;
  for (std::size_t i = 0; i < bytes.size(); i += keys::pointer_bytes) {
    const auto at = keys::pointer_of(bytes.substr(i, keys::pointer_bytes));
    if (!at.has_value()) return {};
    out.add(*at);
  }
  return out;
}

std::optional<Pointer> pointer_in_row(std::string_view family_name, std::string_view key,
                                      std::string_view value) {
  if (family_name == keys::log_family) return keys::pointer_of(key);
  if (family_name == keys::correlation_family) {
    return key.size() == 36 ? keys::pointer_of(key.substr(24)) : std::nullopt;
  }
  if (family_name == keys::fact_family || family_name == keys::id_family ||
      family_name == keys::cause_family) {
    return keys::pointer_of(value);
  }
  return std::nullopt;
}

std::shared_ptr<rocksdb::TablePropertiesCollectorFactory> covered_offsets_factory(
    std::string_view family_name) {
  return std::make_shared<Factory>(family_name);
}

}  // namespace ars::store

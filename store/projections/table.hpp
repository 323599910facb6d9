// Rows of a projection in memory, and the projection made of such tables: what a new projection
// needs is a listed row struct, an apply(), a line in the catalog and a test. Heavy (FlatBuffers):
// included by the projections and their catalog only. One owner, one thread.
//
// A fold may meet the partitions of a log in another order than the live system did, so apply()
// does only what commutes across agents: counts, exact sums, latest by log time, rows keyed by
// their moment. Within one agent's facts the order is always the same.
#pragma once

#include "events/codec/canonical.hpp"
#include "events/codec/view.hpp"
#include "store/projection.hpp"

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ars::store::projections {

// Sums of rewards are whole billionths: exact, so that their order does not show.
inline std::int64_t billionths(double value) {
  constexpr double most = 1e9;
  if (std::isnan(value)) return 0;
  const double bounded = value > most ? most : value < -most ? -most : value;
  return truncate<std::int64_t>(std::floor(bounded * 1e9 + 0.5));
}

// Keys whose byte order is numeric order.
inline std::string key_of(std::uint64_t number) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<char>((number >> (56 - 8 * i)) & 255u);
  return out;
}
inline std::string key_of(const Bytes32& hash) { return std::string(as_text(hash)); }
inline std::string key_of(const events::Scope& scope) {
  std::string out;
  out.reserve(scope.tenant.size() + scope.scene.size() + 2 + 16);
  out.append(scope.tenant).append(1, '\0').append(scope.scene).append(1, '\0');
  return out;
}

// A fact of somebody's history; deliveries of it to other partitions are copies, not facts.
inline bool is_fact(const events::Event& event) { return event.header.agg_seq.value() > 0; }

// Row: a listed struct with `static constexpr std::string_view prefix`, which starts its keys.
template <events::Listed Row>
class RowTable {
 public:
  // The row of a key, made when there is none; it counts as changed.
  Row& touch(std::string_view key) {
    auto found = rows_.find(key);
    if (found == rows_.end()) found = rows_.emplace(std::string(key), Entry{}).first;
    if (!found->second.changed) {
      found->second.changed = true;
      changed_.push_back(&*found);
    }
    return found->second.row;
  }
  const Row* find(std::string_view key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second.row;
  }
  template <class Visit>
  void each(Visit&& visit) const {
    for (const auto& [key, entry] : rows_)
      visit(key, entry.row);
  }
  std::size_t size() const { return rows_.size(); }

  void drain(const std::string& family_name, std::vector<Write>& out) {
    for (auto* item : changed_) {
      item->second.changed = false;
      out.push_back({family_name, std::string(Row::prefix) + item->first,
                     events::to_bytes(item->second.row)});
    }
    changed_.clear();
  }
  // Errc::corrupt. REQUIRES: the key starts with the prefix.
  Result<void> load(std::string_view key, ByteSpan value) {
    ARS_TRY(auto row, events::from_bytes<Row>(value));
    rows_[std::string(key.substr(Row::prefix.size()))] = Entry{std::move(row), false};
    return success();
  }
  void add_to(Sha256& sum) const {
    sum.update(Row::prefix).update_u64(rows_.size());
    for (const auto& [key, entry] : rows_) {
      events::CanonicalWriter writer;
      writer.write(entry.row);
      sum.update_u32(narrow<std::uint32_t>(key.size())).update(key).update(writer.bytes());
    }
  }

 private:
  struct Entry {
    Row row{};
    bool changed = false;
  };
  using Rows = std::map<std::string, Entry, std::less<>>;
  Rows rows_;
  std::vector<typename Rows::value_type*> changed_;  // nodes of a map stay where they are
};

// A projection of tables. Derived has `static constexpr std::string_view title` and apply().
template <class Derived, events::Listed... Rows>
class TableProjection : public Projection {
 public:
  std::string_view name() const override { return Derived::title; }

  std::vector<Write> drain() override {
    std::vector<Write> out;
    const auto family_name = "p." + std::string(Derived::title);
    (table<Rows>().drain(family_name, out), ...);
    return out;
  }
  Result<void> load(std::string_view key, ByteSpan value) override {
    Result<void> result = fail(Errc::corrupt, std::string(Derived::title) + ": a strange key");
    const auto try_one = [&]<class Row>(RowTable<Row>& rows) {
      if (!key.starts_with(Row::prefix)) return false;
      result = rows.load(key, value);
      return true;
    };
    static_cast<void>((try_one(table<Rows>()) || ...));
    return result;
  }
  Bytes32 content_hash() const override {
    Sha256 sum;
    sum.update(Derived::title);
    (table<Rows>().add_to(sum), ...);
    return sum.digest();
  }

  template <class Row>
  RowTable<Row>& table() {
    return std::get<RowTable<Row>>(tables_);
  }
  template <class Row>
  const RowTable<Row>& table() const {
    return std::get<RowTable<Row>>(tables_);
  }

 private:
  std::tuple<RowTable<Rows>...> tables_;
};

}  // namespace ars::store::projections

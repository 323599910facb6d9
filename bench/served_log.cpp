#include "bench/served_log.hpp"

#include "bench/recording_log.hpp"
#include "bench/serving_world.hpp"
#include "events/base/narrow.hpp"
#include "store/commit_plan.hpp"
#include "store/rocksdb/database.hpp"
#include "store/rocksdb/key_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ars::bench {
namespace {

constexpr std::size_t requests_a_batch = 16;
constexpr std::uint32_t quota = 80;  // of each recall, as in the plan that runs start from
constexpr std::size_t types_named = 6;

// The most frequent types with their shares.
std::string describe_mix(const ServedLog& served, const Served& world) {
  std::map<std::uint32_t, std::uint64_t> counts;
  for (const auto& batch : served.batches) {
    for (const auto& append : batch.appends)
      counts[events::stored_type(append.stored)] += 1;
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ordered;
  for (const auto& [type, count] : counts)
    ordered.emplace_back(count, type);
  std::sort(ordered.rbegin(), ordered.rend());
  auto out = fmt::format(
      "sim, {} requests with feedback in {} batches, {} events of {} B on average:", world.slates,
      served.batches.size(), served.events, served.event_bytes / served.events);
  for (std::size_t i = 0; i < std::min(types_named, ordered.size()); ++i) {
    const auto info = events::type_info(ordered[i].second);
    const auto share = 100 * to_double(ordered[i].first) / to_double(served.events);
    out += fmt::format("{} {} {:.0f} %", i == 0 ? "" : ",", info ? info->name : "unknown", share);
  }
  return out;
}

// An empty log knows nothing.
class EmptyLog final : public store::CommitOracle {
 public:
  Result<store::AgentTail> tail_of(const AgentId&) const override { return store::AgentTail{}; }
  Result<std::optional<EventId>> first_known(const std::vector<EventId>&) const override {
    return std::optional<EventId>();
  }
};

std::string text_of(ByteSpan bytes) { return std::string(as_text(bytes)); }

// Where families stand in the list that a database opens.
class FamilyNumbers {
 public:
  FamilyNumbers() {
    const auto names = store::column_families();
    for (std::size_t i = 0; i < names.size(); ++i)
      numbers_[names[i]] = i;
    log = of(store::keys::log_family);
    meta = of(store::family::meta);
    for (const auto name : store::keys::index_families)
      indexes.push_back(of(name));
  }
  std::size_t of(std::string_view name) const {
    const auto found = numbers_.find(name);
    ARS_CHECK(found != numbers_.end(), "no family is named {}", name);
    return found->second;
  }
  std::size_t log = 0;
  std::size_t meta = 0;
  std::vector<std::size_t> indexes;

 private:
  std::map<std::string, std::size_t, std::less<>> numbers_;
};

void add_record(const store::PlannedRecord& record, const store::Append& append,
                const FamilyNumbers& families, std::vector<RawRow>& out) {
  auto value = text_of(record.chain);
  value += as_text(append.stored);
  const auto place = store::keys::pointer(record.at);
  out.push_back({families.log, std::string(store::keys::text(place)), std::move(value)});
  if (append.standing == store::Standing::superseded) {
    out.push_back({families.meta, store::keys::superseded(record.at), std::string()});
    return;
  }
  store::keys::each_index_row(
      record.header, record.causes, record.at,
      [&](store::keys::Index index, std::string_view key, std::string_view holds) {
        out.push_back(
            {families.indexes[to_underlying(index)], std::string(key), std::string(holds)});
      });
}

}  // namespace

Result<ServedLog> serve_a_log(const Setting& setting, const TrainedRanker* ranker,
                              std::uint64_t requests) {
  ServedLog out;
  out.cluster = ClusterId(Bytes16{0xbe, 0x4c});
  RecordingLog log(out.cluster);
  WorldOptions options;
  options.cluster = out.cluster;
  options.ranker = ranker;
  ARS_TRY(auto world, ServingWorld::start(log, options, recalls_with(quota, quota)));
  while (world->served().slates < requests) {
    ARS_TRY(check_interrupt(setting));
    const auto left = requests - world->served().slates;
    const auto arrivals = world->next_arrivals(std::min<std::uint64_t>(left, requests_a_batch));
    ARS_TRY(world->play(arrivals));
  }
  const auto served = world->served();
  world.reset();
  out.batches = log.take();
  for (const auto& batch : out.batches) {
    out.events += batch.appends.size();
    for (const auto& append : batch.appends)
      out.event_bytes += append.stored.size();
  }
  out.mix = describe_mix(out, served);
  return out;
}

Result<std::vector<RawBatch>> raw_rows(const ServedLog& served) {
  const FamilyNumbers families;
  const EmptyLog empty;
  store::CommitPlanner planner(served.cluster, {});
  std::vector<RawBatch> out;
  for (const auto& batch : served.batches) {
    ARS_TRY(const auto* planned, planner.plan(batch, empty));
    RawBatch raw;
    raw.events = planned->size();
    for (const auto& record : *planned) {
      add_record(record, batch.appends[record.append], families, raw.rows);
    }
    for (const auto& write : batch.writes) {
      raw.rows.push_back({families.of(write.family), write.key, std::nullopt});
      if (write.value.has_value()) raw.rows.back().value = text_of(*write.value);
    }
    planner.accept();
    out.push_back(std::move(raw));
  }
  return out;
}

}  // namespace ars::bench

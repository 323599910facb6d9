// Reading a log out of its database: records with their chain checked, indexes, families.
// Owned by a RocksDbLog beside its database; any thread.
#pragma once

#include "store/commit_plan.hpp"
#include "store/rocksdb/database.hpp"

#include <mutex>
#include <optional>
#include <vector>

namespace ars::store {

class LogReader : public CommitOracle {
 public:
  using VisitRecord = std::function<bool(const Pointer& at, const Bytes32& chain, ByteSpan stored)>;
  // Long: the caller reads to the tail, so read ahead and leave the cache alone.
  enum class Run : std::uint8_t { brief, long_run };

  // REQUIRES: the database outlives the reader.
  LogReader(const Database& database, ClusterId cluster);

  // As EventLog::scan.
  Result<void> scan(const Pointer& from, Run run, const VisitRecord& visit) const;
  // Head of every stream, in key order, from the last record of each.
  Result<std::vector<Head>> load_heads() const;
  // The chain after a record. Errc::not_found: no such record.
  Result<Bytes32> chain_at(const Pointer& at) const;

  Result<AgentTail> tail_of(const AgentId& agent) const override;
  Result<std::optional<EventId>> first_known(const std::vector<EventId>& ids) const override;

  std::optional<Pointer> find(const EventId& id) const;
  std::optional<Pointer> find(const AgentId& agent, Sequence sequence) const;
  std::vector<Pointer> history(const AgentId& agent, Sequence from, std::size_t limit) const;
  std::vector<Pointer> correlated(const CorrelationId& id, std::size_t limit) const;
  std::vector<Pointer> caused_by(const EventId& cause, std::size_t limit) const;

  std::optional<std::vector<std::uint8_t>> get(std::string_view family_name,
                                               std::string_view key) const;
  void each(std::string_view family_name, std::string_view prefix,
            const EventLog::Visit& visit) const;

  // The first damage that a lookup met, if any.
  Result<void> health() const;

 private:
  void note(const rocksdb::Status& status, std::string_view family_name) const;
  std::optional<Pointer> pointer_at(std::string_view family_name, std::string_view key) const;
  Result<std::optional<std::vector<std::uint8_t>>> fetch(std::string_view family_name,
                                                         std::string_view key) const;

  const Database& database_;
  ClusterId cluster_;
  // SHARED: lookups come from any thread and must not wait for the writer's mailbox; only the
  // first failure is kept.
  mutable std::mutex mutex_;
  mutable std::optional<Error> damage_;
};

}  // namespace ars::store

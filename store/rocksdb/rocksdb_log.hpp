// The event log on disk: a directory with the database (db/), the newest signed heads (heads,
// tail), the signing key (key), the seal of a closed log (seal) and large blobs (blobs/). Opened
// for writing by one process at a time, which RocksDB's LOCK ensures. One writer; reads from any
// thread.
#pragma once

#include "events/control.hpp"
#include "store/event_log.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace ars::store {

struct RocksDbLogOptions {
  // Seed of the Ed25519 key that signs heads, for a log created in lockstep; else a random one.
  std::optional<Bytes32> key_seed;
  // Events between two rewrites of the signed head file; 0: the default of limits.hpp.
  std::uint64_t head_every_events = 0;
};

class RocksDbLog : public EventLog {
 public:
  // Errc::conflict: there is one already; denied, unavailable: the disk.
  static Result<std::unique_ptr<RocksDbLog>> create(const std::filesystem::path& directory,
                                                    const ClusterId& cluster,
                                                    const RocksDbLogOptions& options = {});
  // Errc::not_found: no log there; conflict: somebody else has it open; unsupported: a format that
  // this build does not know; corrupt: damaged, or its newest head is not in the database.
  static Result<std::unique_ptr<RocksDbLog>> open(const std::filesystem::path& directory,
                                                  const RocksDbLogOptions& options = {});
  // The same without write access: nothing in the directory changes; commit() is our bug.
  static Result<std::unique_ptr<RocksDbLog>> open_read_only(const std::filesystem::path& directory);

  ~RocksDbLog() override;

  const ClusterId& cluster() const;
  // Public half of the key that signs the heads; zero where the directory has no head file.
  const Bytes32& head_key() const;
  const std::filesystem::path& directory() const;
  // The head of a stream as it stands, signed. REQUIRES: open for writing.
  events::HeadSigned signed_head(const Stream& stream) const;

  Result<std::vector<Pointer>> commit(const Batch& batch,
                                      Durability durability = Durability::synced) override;
  Result<std::vector<Record>> read(const Pointer& from, std::size_t max_records,
                                   std::size_t max_bytes = 8u << 20) const override;
  Result<void> scan(const Pointer& from,
                    const std::function<bool(const Pointer&, const Bytes32& chain,
                                             ByteSpan stored)>& visit) const override;
  Head head(const Stream& stream) const override;
  std::vector<Head> heads() const override;
  std::optional<Pointer> find(const EventId& id) const override;
  std::optional<Pointer> find(const AgentId& agent, Sequence sequence) const override;
  std::vector<Pointer> history(const AgentId& agent, Sequence from,
                               std::size_t limit) const override;
  std::vector<Pointer> correlated(const CorrelationId& id, std::size_t limit) const override;
  std::vector<Pointer> caused_by(const EventId& cause, std::size_t limit) const override;
  std::optional<std::vector<std::uint8_t>> get(std::string_view family_name,
                                               std::string_view key) const override;
  void each(std::string_view family_name, std::string_view prefix,
            const Visit& visit) const override;
  Result<void> health() const override;
  Result<void> close() override;

 private:
  struct Impl;
  explicit RocksDbLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ars::store

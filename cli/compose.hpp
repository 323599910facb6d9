// The composition root: opens or creates a log directory and starts a node on it. The only place
// that knows every layer. Owned by the command that runs; its thread alone calls.
#pragma once

#include "actors/infrastructure/model_host/answerer.hpp"
#include "cli/sources/source.hpp"
#include "runtime/event_sourced/partition_actor.hpp"
#include "store/blob_store.hpp"
#include "store/rocksdb/rocksdb_log.hpp"

#include <filesystem>

namespace ars::cli {

// What a log was created for; a run with another of these is refused.
struct LogIdentity {
  std::string source;
  std::uint64_t seed = 0;
  Bytes32 data_hash{};
  bool lockstep = false;
};

// A log directory, open for writing, with what its node needs. Members end in reverse order.
struct OpenNode {
  std::unique_ptr<store::RocksDbLog> log;
  std::unique_ptr<store::BlobStore> blobs;
  std::unique_ptr<runtime::ViewKeeper> keeper;
  std::unique_ptr<actors::ModelHost> models;
  std::unique_ptr<runtime::Node> node;
  std::filesystem::path directory;
};

struct NodeOptions {
  std::filesystem::path directory;
  LogIdentity identity;
  Bytes32 pseudonym_key{};
  std::uint64_t stage_deadline_ms = 0;
  std::size_t threads = 2;
};

// Creates the log with its first records, or opens it and checks what it was created for; `log`,
// where it is not null, is that of the directory, open already. Errc::invalid: another source, seed
// or data (the context names both); Errc::denied: another pseudonym key; Errc::corrupt;
// Errc::conflict: in use by another process, or an adoption that did not end.
Result<OpenNode> open_node(const NodeOptions& options,
                           std::unique_ptr<store::RocksDbLog> log = nullptr);

// Errc::invalid: a log made for another source, seed or data.
Result<void> check_identity(const events::ClusterCreated& created, const LogIdentity& identity);

// The key of pseudonyms: derived from the seed in lockstep, else from `file` or, where none is
// named, from a 0600 file beside the log, which is made with the log. Errc::denied: the log is
// there and the key is not, or others may read it.
Result<Bytes32> pseudonym_key(const std::filesystem::path& directory, const LogIdentity& identity,
                              const std::filesystem::path& file);

// LibTorch's scorers, or null in a build without it.
std::shared_ptr<const model::ScorerFactory> make_scorers();

// Bytes of weights by hash from a directory's blobs.
actors::WeightsLoader weights_from(const store::BlobStore& blobs);

}  // namespace ars::cli

#include "cli/compose.hpp"

#include "actors/decision/stand_in.hpp"
#include "actors/decision_views.hpp"
#include "actors/registry.hpp"
#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"
#include "model/features/encoder.hpp"
#include "runtime/dispatch/adoption.hpp"
#include "runtime/effects/matrix_kernels.hpp"
#include "runtime/entropy.hpp"
#include "runtime/limits.hpp"
#ifdef ARS_HAS_MODEL_TORCH
#include "model/torch/torch_scorer.hpp"
#endif

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace ars::cli {
namespace {

Bytes32 derived(std::string_view what, std::uint64_t seed) {
  Sha256 hasher;
  hasher.update("ars-lockstep").update_u8(0).update(what).update_u64(seed);
  return hasher.digest();
}

ClusterId cluster_of(const LogIdentity& identity, runtime::Entropy& entropy, Error& error) {
  Bytes16 id{};
  if (identity.lockstep) {
    const auto digest = derived("cluster", identity.seed);
    std::copy_n(digest.begin(), id.size(), id.begin());
  } else if (auto filled = entropy.fill(id); !filled.has_value()) {
    error = filled.error();
  }
  return ClusterId(id);
}

constexpr std::uint64_t logical_start_ns = 1'700'000'000'000'000'000;

std::vector<std::uint8_t> control_record(const ClusterId& cluster, std::uint64_t n,
                                         events::Payload payload) {
  events::Envelope header;
  header.agent_id = events::mint_agent_id(cluster, "system/0", 0, 1);
  header.log_time_ns = logical_start_ns + n;
  header.event_id = events::make_ingress_id(header.log_time_ns, "ctl", fmt::format("start/{}", n));
  header.owner_epoch = Epoch(1);
  return events::seal(header, std::move(payload))->stored;
}

// Tells a wrong key from the right one; a key of 256 random bits cannot be found from it.
Bytes32 pseudonym_check_of(const Bytes32& key) {
  return Sha256().update("ars-pseudonym-check").update_u8(0).update(key).digest();
}

// ctl: who this log belongs to and who owns it; evt: the fence of that owner.
Result<void> write_first_records(store::EventLog& log, const ClusterId& cluster,
                                 const NodeOptions& options, const Bytes32& head_key) {
  const auto& identity = options.identity;
  events::ClusterCreated created;
  created.cluster = cluster;
  created.partitions = 1;
  created.format = 1;
  created.source = identity.source;
  created.seed = identity.seed;
  created.data_hash = identity.data_hash;
  created.lockstep = identity.lockstep;
  created.head_key = head_key;
  created.pseudonym_check = pseudonym_check_of(options.pseudonym_key);
  store::Batch batch;
  const store::Stream ctl{store::Topic::ctl, 0};
  batch.appends.push_back({ctl, control_record(cluster, 1, created)});
  batch.appends.push_back(
      {ctl, control_record(cluster, 2,
                           events::OwnerClaimed{0, runtime::node_name(head_key), head_key, {}})});
  batch.appends.push_back(
      {{store::Topic::evt, 0}, control_record(cluster, 3, events::EpochFence{0, Epoch(1)})});
  runtime::PartitionMark mark;
  mark.epoch = 1;
  mark.log_time_ns = logical_start_ns + 3;
  batch.writes.push_back(
      {std::string(store::family::checkpoint), "partition/0", events::to_bytes(mark)});
  ARS_TRY([[maybe_unused]] auto at, log.commit(batch));
  return success();
}

Result<void> check_log(const store::EventLog& log, const NodeOptions& options) {
  ARS_TRY(const auto records, log.read({{store::Topic::ctl, 0}, Offset(0)}, 1));
  if (records.empty()) return fail(Errc::corrupt, "the log has no ClusterCreated record");
  ARS_TRY(const auto event, events::open_event(records.front().stored));
  const auto* created = event->as<events::ClusterCreated>();
  if (created == nullptr) return fail(Errc::corrupt, "ctl/0/0 is not ClusterCreated");
  ARS_TRY(check_identity(*created, options.identity));
  if (runtime::is_adopting(log)) {
    return fail(Errc::conflict,
                fmt::format("{} was adopting cluster {} and did not come to the end: run the same "
                            "command with --backend kafka again",
                            options.directory.string(), to_hex(created->cluster)));
  }
  const bool known = created->pseudonym_check != Bytes32{};
  if (known && created->pseudonym_check != pseudonym_check_of(options.pseudonym_key)) {
    return fail(Errc::denied,
                fmt::format("the pseudonym key is not the one of cluster {}: with it every user "
                            "would be a stranger. Hand over pseudonym.key of the directory that "
                            "created the cluster",
                            to_hex(created->cluster)));
  }
  return success();
}

}  // namespace

Result<void> check_identity(const events::ClusterCreated& created, const LogIdentity& identity) {
  const auto refuse = [](std::string_view what, const std::string& is, const std::string& asked) {
    return fail(Errc::invalid,
                fmt::format("this log was written with {} {}, the command says {}: use another "
                            "--log-dir, or the same source, seed and mode",
                            what, is, asked));
  };
  if (created.source != identity.source) return refuse("source", created.source, identity.source);
  if (created.seed != identity.seed) {
    return refuse("seed", std::to_string(created.seed), std::to_string(identity.seed));
  }
  if (created.lockstep != identity.lockstep) {
    return refuse("--lockstep", created.lockstep ? "on" : "off", identity.lockstep ? "on" : "off");
  }
  if (created.data_hash != identity.data_hash) {
    return refuse("data of hash", to_hex(created.data_hash).substr(0, 16),
                  to_hex(identity.data_hash).substr(0, 16));
  }
  return success();
}

namespace {

Result<Bytes32> read_key(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto open_to =
      fs::status(path, error).permissions() & (fs::perms::group_all | fs::perms::others_all);
  if (open_to != fs::perms::none) {
    return fail(Errc::denied, fmt::format("{} can be read by others: chmod 0600 {}", path.string(),
                                          path.string()));
  }
  Bytes32 key{};
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::denied, "cannot read " + path.string());
  in.read(reinterpret_cast<char*>(key.data()), key.size());
  if (in.gcount() != key.size() || in.get() != std::ifstream::traits_type::eof()) {
    return fail(Errc::corrupt, path.string() + " is not 32 bytes");
  }
  return key;
}

Result<Bytes32> make_key(const std::filesystem::path& path) {
  Bytes32 key{};
  runtime::SystemEntropy entropy;
  ARS_TRY(entropy.fill(key));
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) return fail(Errc::denied, "cannot write " + path.string());
  const bool written =
      ::write(file, key.data(), key.size()) == narrow<ssize_t>(key.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) return fail(Errc::unavailable, "cannot write " + path.string());
  return key;
}

Result<std::unique_ptr<store::RocksDbLog>> open_or_create(const NodeOptions& options) {
  store::RocksDbLogOptions log_options;
  if (options.identity.lockstep) log_options.key_seed = derived("signing", options.identity.seed);
  auto opened = store::RocksDbLog::open(options.directory, log_options);
  if (opened.has_value() || opened.error().code != Errc::not_found) return opened;
  runtime::SystemEntropy entropy;
  Error error;
  const auto cluster = cluster_of(options.identity, entropy, error);
  if (!error.context.empty()) return ars::outcome::failure(error);
  return store::RocksDbLog::create(options.directory, cluster, log_options);
}

}  // namespace

Result<Bytes32> pseudonym_key(const std::filesystem::path& directory, const LogIdentity& identity,
                              const std::filesystem::path& file) {
  if (identity.lockstep) return derived("pseudonyms", identity.seed);
  const auto path = file.empty() ? directory / "pseudonym.key" : file;
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return read_key(path);
  if (!file.empty()) {
    return fail(Errc::denied, "log.pseudonym_key_file: there is no " + path.string());
  }
  if (std::filesystem::exists(directory / "db", ignored)) {
    return fail(
        Errc::denied,
        fmt::format("the key of users' pseudonyms is not in {}: the log can be verified and "
                    "replayed, and not be fed. Copy pseudonym.key of the directory that "
                    "created the cluster to {} with mode 0600, or name it with "
                    "log.pseudonym_key_file",
                    directory.string(), path.string()));
  }
  return make_key(path);
}

std::shared_ptr<const model::ScorerFactory> make_scorers() {
#ifdef ARS_HAS_MODEL_TORCH
  runtime::multiply_on_one_thread();
  return std::make_shared<const model::TorchScorerFactory>(model::columns());
#else
  return nullptr;
#endif
}

actors::WeightsLoader weights_from(const store::BlobStore& blobs) {
  return [&blobs](const Bytes32& hash) { return blobs.get(hash); };
}

Result<OpenNode> open_node(const NodeOptions& options, std::unique_ptr<store::RocksDbLog> log) {
  OpenNode out;
  out.directory = options.directory;
  out.log = std::move(log);
  if (out.log == nullptr) {
    ARS_TRY(out.log, open_or_create(options));
  }
  if (out.log->head({store::Topic::ctl, 0}).next.value() == 0) {
    ARS_TRY(write_first_records(*out.log, out.log->cluster(), options, out.log->head_key()));
  }
  ARS_TRY(check_log(*out.log, options));
  out.blobs = std::make_unique<store::BlobStore>(*out.log, options.directory / "blobs");
  out.keeper = actors::make_view_keeper();
  out.models = std::make_unique<actors::ModelHost>(make_scorers(), weights_from(*out.blobs));
  runtime::NodeSetup setup;
  setup.partition.identity = {out.log->cluster(), 0, 1, Seed(options.identity.seed)};
  setup.partition.log = out.log.get();
  setup.partition.keeper = out.keeper.get();
  setup.partition.kinds = &actors::kinds();
  setup.partition.stand_in = &actors::stand_in;
  setup.partition.snapshot_every_batches = runtime::limits::snapshot_every_batches;
  setup.answering = actors::answered_by(*out.models);
  setup.stage_deadline_ms = options.stage_deadline_ms;
  setup.threads = options.threads;
  ARS_TRY(out.node, runtime::Node::start(std::move(setup)));
  return out;
}

}  // namespace ars::cli

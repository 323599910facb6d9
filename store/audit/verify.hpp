// Judges the records of a log, one after the other: chain, heads, payloads, histories. It reads no
// files; store/rocksdb/verify_directory feeds it. Values and one class; one owner, one thread.
#pragma once

#include "events/codec/envelope.hpp"
#include "store/audit/named_blobs.hpp"
#include "store/event_log.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace ars::store {

struct VerifyReport {
  bool ok = false;
  std::uint64_t events = 0;               // records that were read
  Bytes32 log_head{};                     // of what was found
  std::optional<std::string> bad_offset;  // `evt/3/1041`, the first by log time; with !ok
  std::string reason;                     // what is wrong there, the column family included
};

// Something that can no longer be proven, and the lowest record concerned.
struct Finding {
  Pointer at;
  std::uint64_t time_ns = 0;  // log time of that record, or the least it can have been
  std::string reason;
};
// The one that is first by log time; of several at one time the one with the lowest pointer.
const Finding& first_finding(const std::vector<Finding>& findings);

// Where the log names something by its hash: the first record that does, by log time.
struct Naming {
  Pointer at;
  std::uint64_t time_ns = 0;
  Use use = Use::mentioned;
};

// Takes the records of a log in key order and keeps what does not hold. After the first failure in
// a stream its later records are counted only.
class RecordVerifier {
 public:
  // `superseded`: records that are in no index. `known`: heads from outside the database.
  RecordVerifier(ClusterId cluster, std::vector<Head> known, std::set<Pointer> superseded);

  // Which records to tell of, for the check of the indexes; called for sound records only.
  using OnRecord = std::function<void(const Pointer&, const events::Envelope&)>;
  void on_record(OnRecord callback) { on_record_ = std::move(callback); }

  void take(const Pointer& at, ByteSpan chain_and_envelope);
  // Ends the last stream and looks for streams that are missing altogether.
  void finish();

  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<Head>& heads() const { return heads_; }
  std::uint64_t events() const { return events_; }
  const std::map<Bytes32, Naming>& named() const { return named_; }
  // Public key that the log says its heads are signed with: that of the first control record, or
  // of the newest owner's claim.
  const std::optional<Bytes32>& head_key() const { return head_key_; }

 private:
  void begin_stream(const Stream& stream);
  void end_stream();
  std::string check(const Pointer& at, const Bytes32& chain, ByteSpan stored);
  std::string check_header(const Pointer& at, const events::Envelope& header, const Bytes32& hash);
  std::string check_history(const Pointer& at, const events::Envelope& header, const Bytes32& hash);
  void finish_histories();
  void note_names(const Pointer& at, const events::Event& event);
  std::string check_owner(const Pointer& at, const events::Event& event);
  void check_fence(std::uint16_t partition);
  void name(const Bytes32& hash, const Pointer& at, std::uint64_t time_ns, Use use);
  void add(const Pointer& at, std::string reason);

  // A fact whose predecessor lies in a stream that is still to come.
  struct EarlyFact {
    Bytes32 previous{};
    Bytes32 hash{};
    Pointer at;
    std::uint64_t time_ns = 0;
  };
  struct Claim {
    Pointer at;
    std::uint64_t time_ns = 0;
    Epoch epoch;
    Offset continues_at;
  };
  struct History {
    std::uint64_t last = 0;
    Bytes32 hash{};
    std::map<std::uint64_t, EarlyFact> early;
  };

  ClusterId cluster_;
  std::vector<Head> known_;
  std::set<Pointer> superseded_;
  OnRecord on_record_;
  std::vector<Finding> findings_;
  std::vector<Head> heads_;
  std::uint64_t events_ = 0;
  std::optional<Stream> stream_;
  bool broken_ = false;  // this stream already has a finding
  Head reached_;
  std::uint64_t last_time_ns_ = 0;
  std::optional<Head> expected_head_;
  std::unordered_map<AgentId, History> agents_;
  std::map<Bytes32, Naming> named_;
  std::optional<Bytes32> head_key_;
  std::map<std::pair<std::uint16_t, Epoch>, Offset> fences_;  // in evt, which comes before ctl
  std::map<std::uint16_t, Claim> claims_;                     // the newest, by partition
};

}  // namespace ars::store

#include "store/rocksdb/verify_directory.hpp"

#include "events/base/narrow.hpp"
#include "store/audit/head_file.hpp"
#include "store/rocksdb/covered_offsets.hpp"
#include "store/rocksdb/database.hpp"
#include "store/rocksdb/directory_contents.hpp"
#include "store/rocksdb/index_check.hpp"
#include "store/rocksdb/key_layout.hpp"
#include "store/rocksdb/seal_writer.hpp"
#include "store/rocksdb/table_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace ars::store {
namespace {

namespace fs = std::filesystem;

const Pointer nowhere{Stream{Topic::evt, 0}, Offset(0)};
constexpr std::size_t log_time_at = 48;

std::optional<std::uint64_t> time_in(std::string_view row) {
  if (row.size() < sizeof(Bytes32) + log_time_at + 8) return std::nullopt;
  std::uint64_t time = 0;
  std::memcpy(&time, row.data() + sizeof(Bytes32) + log_time_at, sizeof(time));
  return time;
}

// Milliseconds are in front of an event id (UUIDv7).
std::optional<std::uint64_t> time_in_id(std::string_view id) {
  if (id.size() != sizeof(Bytes16)) return std::nullopt;
  std::uint64_t ms = 0;
  for (const auto byte : as_bytes(id.substr(0, 6)))
    ms = ms << 8 | byte;
  return ms * 1'000'000;
}

// When a record that cannot be read was logged, as far as anything else tells.
struct Dates {
  std::optional<std::uint64_t> proven;   // by an envelope whose own checksum holds
  std::optional<std::uint64_t> indexed;  // by a row of the correlation index
  std::optional<std::uint64_t> rough;    // by an event id: to the millisecond
  std::optional<std::uint64_t> exact() const { return proven ? proven : indexed; }
  std::optional<std::uint64_t> known() const { return exact() ? exact() : rough; }
};

class DirectoryVerifier {
 public:
  explicit DirectoryVerifier(LogPaths paths) : paths_(std::move(paths)) {}
  Result<VerifyReport> run(const std::string& prefix);

 private:
  void read_heads();
  Result<void> read_meta();
  void walk();
  void judge_tables();
  void judge_logs();
  void judge_log(const WriteAheadLog& log, bool newest);
  void judge_seal();
  void judge_sealed_file(const SealedFile& file);
  void judge_blobs();
  void judge_blob(const Bytes32& hash, std::string_view what);
  void date_holes();
  void explain_walk(const std::string& damage);
  void add(std::string reason) { findings_.push_back({nowhere, 0, std::move(reason)}); }
  Finding lowest_of(const CoveredOffsets& covered, std::string reason);
  std::optional<std::uint64_t> time_of(const Pointer& at);
  CoveredOffsets covered_by(const Table& table) const;
  Finding lowest_in(const Table& table, const std::string& reason);
  bool is_damaged(const std::string& name) const;
  std::set<Stream> known_streams() const;

  LogPaths paths_;
  DirectoryContents contents_;
  std::optional<KnownHeads> heads_;
  std::optional<ClusterId> cluster_;
  std::set<Pointer> superseded_;
  std::vector<Finding> findings_;
  std::map<Bytes32, Naming> named_;
  std::map<Pointer, std::uint64_t> times_;  // of records that somebody asked about
  bool walk_failed_ = false;
  std::size_t first_of_walk_ = 0;  // findings of the walk lie side by side
  std::size_t end_of_walk_ = 0;
  VerifyReport report_;
};

Result<VerifyReport> DirectoryVerifier::run(const std::string& prefix) {
  if (!holds_log(paths_)) return fail(Errc::not_found, paths_.directory.string() + " holds no log");
  if (is_locked(paths_)) return fail(Errc::conflict, paths_.directory.string() + " is in use");
  read_heads();
  auto loaded = DirectoryContents::load(paths_);
  if (loaded.has_error() && loaded.error().code != Errc::not_found) {
    return outcome::failure(std::move(loaded).assume_error());
  }
  if (loaded.has_error()) {
    add("the database has no manifest");
  } else {
    contents_ = std::move(loaded).assume_value();
    for (const auto& what : contents_.manifest().damage)
      add(what);
    ARS_TRY(read_meta());
    walk();
    judge_tables();
    judge_logs();
    judge_blobs();
  }
  judge_seal();
  report_.ok = findings_.empty();
  if (!report_.ok) {
    const auto& first = first_finding(findings_);
    report_.bad_offset = prefix + to_string(first.at);
    report_.reason = first.reason;
  }
  return report_;
}

void DirectoryVerifier::read_heads() {
  auto known = known_heads(paths_);
  if (known.has_error()) {
    add(known.error().context);
    return;
  }
  heads_ = std::move(known).assume_value();
  if (!heads_) {
    add("there is no head file");
    return;
  }
  const auto key_text = read_file(paths_.key);
  if (key_text.has_error() || !key_text.value()) return;  // an auditor's copy has no key
  const auto seed = bytes32_from_hex(std::string_view(*key_text.value()).substr(0, 64));
  if (!seed || SigningKey::from_seed(*seed).public_key() != heads_->file.key) {
    add("the signing key is not the one that signed the heads");
  }
}

Result<void> DirectoryVerifier::read_meta() {
  std::optional<std::string> format;
  std::optional<std::string> cluster;
  bool sound = true;
  for (const auto& table : contents_.tables()) {
    sound = sound && (table.family != family::meta || table.damage.empty());
  }
  contents_.each_row(std::string(family::meta), [&](std::string_view key, std::string_view value) {
    if (key == keys::format) format = value;
    if (key == keys::cluster) cluster = value;
    if (!key.starts_with(keys::superseded_prefix)) return;
    const auto at = keys::pointer_of(key.substr(keys::superseded_prefix.size()));
    if (at) superseded_.insert(*at);
  });
  const auto number = format ? keys::u32_of(*format) : std::nullopt;
  if (sound && number && *number != log_format) {
    return fail(Errc::unsupported,
                fmt::format("log format {}: this build knows format {}", *number, log_format));
  }
  if (cluster && cluster->size() == sizeof(Bytes16)) {
    Bytes16 raw{};
    std::memcpy(raw.data(), cluster->data(), raw.size());
    cluster_ = ClusterId(raw);
  }
  if (sound && (!number || !cluster_)) add("family meta: format or cluster is missing");
  if (!heads_) return success();
  if (sound && cluster_ && heads_->file.cluster != *cluster_) {
    add(fmt::format("the head file is of cluster {}, the database of {}",
                    to_hex(heads_->file.cluster), to_hex(*cluster_)));
  }
  cluster_ = heads_->file.cluster;
  return success();
}

std::set<Stream> DirectoryVerifier::known_streams() const {
  std::set<Stream> out;
  if (heads_) {
    for (const auto& head : heads_->newest)
      out.insert(head.stream);
  }
  return out;
}

void DirectoryVerifier::walk() {
  RecordVerifier verifier(cluster_.value_or(ClusterId{}),
                          heads_ ? heads_->newest : std::vector<Head>{}, superseded_);
  IndexCheck indexes(superseded_);
  verifier.on_record(
      [&](const Pointer& at, const events::Envelope& header) { indexes.expect(at, header); });
  MergedLog log(contents_, known_streams());
  bool strange = false;
  while (log.next()) {
    const auto at = keys::pointer_of(log.key());
    strange = strange || !at;
    if (at) verifier.take(*at, as_bytes(log.value()));
  }
  verifier.finish();
  if (strange) add("family log: a key that is no pointer");
  report_.events = verifier.events();
  report_.log_head = log_head(verifier.heads());
  named_ = verifier.named();
  walk_failed_ = !verifier.findings().empty();
  first_of_walk_ = findings_.size();
  findings_.insert(findings_.end(), verifier.findings().begin(), verifier.findings().end());
  end_of_walk_ = findings_.size();
  if (heads_ && verifier.head_key() && *verifier.head_key() != heads_->file.key) {
    add("the heads are not signed with the key that the log names");
  }
  if (verifier.findings().size() > 1) date_holes();
  const bool damaged = std::any_of(contents_.tables().begin(), contents_.tables().end(),
                                   [](const Table& table) { return !table.damage.empty(); });
  if (walk_failed_ || damaged) return;
  for (const auto& log_file : contents_.logs()) {
    if (log_file.log.has_damaged_record()) return;
  }
  auto differences = indexes.compare(contents_);
  findings_.insert(findings_.end(), differences.begin(), differences.end());
}

// Several streams have a hole. When each missing record was logged is told by the indexes, and by
// what is left of damaged records; a record of which nothing is left came after those.
void DirectoryVerifier::date_holes() {
  std::map<Pointer, Dates> dated;
  for (auto i = first_of_walk_; i < end_of_walk_; ++i)
    dated[findings_[i].at];
  const auto note = [&](std::string_view family_name, std::string_view key, std::string_view row) {
    const auto at = pointer_in_row(family_name, key, row);
    const auto found = at ? dated.find(*at) : dated.end();
    if (found == dated.end()) return;
    auto& dates = found->second;
    if (family_name == keys::correlation_family) dates.indexed = keys::u64_of(key.substr(16, 8));
    if (family_name == keys::id_family) dates.rough = time_in_id(key);
    if (family_name == keys::log_family && row.size() > sizeof(Bytes32) &&
        events::decode_envelope(as_bytes(row).subspan(sizeof(Bytes32))).has_value()) {
      dates.proven = time_in(row);
    }
  };
  for (const auto name : {keys::correlation_family, keys::id_family}) {
    contents_.each_row(std::string(name),
                       [&](std::string_view key, std::string_view row) { note(name, key, row); });
  }
  for (const auto& log : contents_.logs()) {
    for (const auto& record : log.log.records) {
      if (record.intact) continue;
      for (const auto& operation : operations_of(record.payload).operations) {
        note(contents_.family_name(operation.family), operation.key, operation.value);
      }
    }
  }
  std::uint64_t latest = 0;
  for (auto i = first_of_walk_; i < end_of_walk_; ++i) {
    const auto& dates = dated[findings_[i].at];
    if (!dates.known()) continue;
    findings_[i].time_ns = dates.exact().value_or(std::max(*dates.known(), findings_[i].time_ns));
    latest = std::max(latest, findings_[i].time_ns);
  }
  for (auto i = first_of_walk_; latest > 0 && i < end_of_walk_; ++i) {
    if (dated[findings_[i].at].known()) continue;
    findings_[i].time_ns = std::max(findings_[i].time_ns, latest + 1);
  }
}

std::optional<std::uint64_t> DirectoryVerifier::time_of(const Pointer& at) {
  const auto known = times_.find(at);
  if (known != times_.end()) return known->second;
  const auto wanted = keys::pointer(at);
  for (const auto& row : contents_.pending(std::string(keys::log_family))) {
    if (row.key == keys::text(wanted)) return times_[at] = time_in(row.value).value_or(0);
  }
  for (const auto& table : contents_.tables()) {
    if (table.family != keys::log_family || table.file.smallest > keys::text(wanted) ||
        table.file.largest < keys::text(wanted)) {
      continue;
    }
    const auto opened = TableCursor::open(contents_.path_of(table));
    if (opened.has_error() || !opened.value()->find(keys::text(wanted))) continue;
    return times_[at] = time_in(opened.value()->value()).value_or(0);
  }
  return std::nullopt;
}

Finding DirectoryVerifier::lowest_of(const CoveredOffsets& covered, std::string reason) {
  std::vector<Finding> candidates;
  for (const auto& at : covered.lowest()) {
    if (const auto time = time_of(at)) candidates.push_back({at, *time, reason});
  }
  if (candidates.empty()) return {nowhere, 0, std::move(reason)};
  return first_finding(candidates);
}

// What a damaged table speaks of: by its own account, else by the rows that can still be read.
CoveredOffsets DirectoryVerifier::covered_by(const Table& table) const {
  auto opened = TableCursor::open(contents_.path_of(table));
  if (opened.has_error()) return {};
  auto& cursor = *opened.assume_value();
  auto out = CoveredOffsets::from_bytes(cursor.covers());
  if (!out.empty()) return out;
  for (bool more = cursor.first(); more; more = cursor.next()) {
    if (const auto at = pointer_in_row(table.family, cursor.key(), cursor.value())) out.add(*at);
  }
  return out;
}

// The lowest record that a damaged table covers. Where the table no longer tells, the log does: it
// is the first record whose row is gone.
Finding DirectoryVerifier::lowest_in(const Table& table, const std::string& reason) {
  const auto covered = covered_by(table);
  const auto index = std::find(keys::index_families.begin(), keys::index_families.end(),
                               std::string_view(table.family));
  if (!covered.empty() || index == keys::index_families.end()) return lowest_of(covered, reason);
  const auto number = narrow<std::uint8_t>(index - keys::index_families.begin());
  auto finding = IndexCheck(superseded_).first_missing(contents_, static_cast<keys::Index>(number));
  finding.reason = reason;
  return finding;
}

void DirectoryVerifier::judge_tables() {
  for (const auto& table : contents_.tables()) {
    if (table.damage.empty()) continue;
    // Of a damaged file of the log itself the walk has named the first record that is gone.
    const auto reason =
        fmt::format("family {}: {} {}", table.family, table.file.name(), table.damage);
    if (table.family == keys::log_family && walk_failed_) {
      explain_walk(reason);
    } else {
      findings_.push_back(lowest_in(table, reason));
    }
  }
}

// The walk says which record is gone; the damaged file says why.
void DirectoryVerifier::explain_walk(const std::string& damage) {
  for (auto i = first_of_walk_; i < end_of_walk_; ++i)
    findings_[i].reason = damage;
}

void DirectoryVerifier::judge_logs() {
  const auto& logs = contents_.logs();
  for (std::size_t i = 0; i < logs.size(); ++i)
    judge_log(logs[i], i + 1 == logs.size());
}

void DirectoryVerifier::judge_log(const WriteAheadLog& log, bool newest) {
  std::vector<std::string> damage = log.log.damage;
  // A crash tears the newest one, and the heads tell whether anything acknowledged was lost.
  if (log.log.end == BlockLogEnd::torn && !newest) damage.emplace_back("it ends within a record");
  if (damage.empty()) return;
  const auto reason = fmt::format("family log: write-ahead log {}: {}", log.name, damage.front());
  const bool lost = log.log.has_damaged_record();
  if (lost && walk_failed_) {
    explain_walk(reason);
    return;
  }
  CoveredOffsets covered;
  for (const auto& record : log.log.records) {
    if (lost && record.intact) continue;
    for (const auto& operation : operations_of(record.payload).operations) {
      const auto at =
          pointer_in_row(contents_.family_name(operation.family), operation.key, operation.value);
      if (at && time_of(*at)) covered.add(*at);
    }
  }
  findings_.push_back(lowest_of(covered, reason));
}

bool DirectoryVerifier::is_damaged(const std::string& name) const {
  return std::any_of(contents_.tables().begin(), contents_.tables().end(), [&](const Table& table) {
    return table.file.name() == name && !table.damage.empty();
  });
}

void DirectoryVerifier::judge_seal() {
  const auto text = read_file(paths_.seal);
  if (text.has_error() || !text.value() || !heads_) return;
  const auto seal = seal_from_text(*text.value(), heads_->file.key);
  if (seal.has_error()) {
    add(seal.error().context);
    return;
  }
  if (cluster_ && seal.value().cluster != *cluster_) add("the seal is of another cluster");
  std::set<std::string> listed;
  for (const auto& file : seal.value().files) {
    listed.insert(file.name);
    judge_sealed_file(file);
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(paths_.database, error)) {
    const auto name = entry.path().filename().string();
    if (is_data_file(name) && !listed.contains("db/" + name)) add("db/" + name + " is not sealed");
  }
}

void DirectoryVerifier::judge_sealed_file(const SealedFile& file) {
  const auto path = paths_.directory / file.name;
  std::string wrong;
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) {
    wrong = "is missing";
  } else if (size != file.bytes) {
    wrong = fmt::format("has {} bytes instead of {}", size, file.bytes);
  } else if (file.checksum.starts_with("sha256:")) {
    const auto sum = sha256_of_file(path);
    if (sum.has_error() || sum.value() != file.checksum) wrong = "fails its checksum";
  } else {
    const auto sum = table_checksum(path);
    if (sum.has_error() || manifest_checksum_text(sum.value()) != file.checksum) {
      wrong = "fails its whole-file checksum";
    }
  }
  if (wrong.empty()) return;
  const auto name = path.filename().string();
  // The log's own files are judged record by record, and a write-ahead log by its records too.
  if (file.family == keys::log_family && walk_failed_) return;
  if (file.name.starts_with("blobs/") || (name.ends_with(".log") && walk_failed_)) return;
  const Finding sealed{file.lowest, file.lowest_time_ns,
                       fmt::format("family {}: {} {}", file.family, name, wrong)};
  for (auto& finding : findings_) {
    // The seal knows what the file covers, also where the file itself no longer tells.
    if (is_damaged(name) && finding.reason == sealed.reason) {
      finding = sealed;
      return;
    }
  }
  findings_.push_back(sealed);
}

void DirectoryVerifier::judge_blob(const Bytes32& hash, std::string_view what) {
  const auto named = named_.find(hash);
  const auto at = named == named_.end() ? nowhere : named->second.at;
  const auto time = named == named_.end() ? 0 : named->second.time_ns;
  findings_.push_back({at, time, fmt::format("blob {} {}", to_hex(ByteSpan(hash)), what)});
}

void DirectoryVerifier::judge_blobs() {
  std::set<Bytes32> present;
  contents_.each_row(std::string(family::blob), [&](std::string_view key, std::string_view value) {
    Bytes32 hash{};
    if (key.size() != hash.size()) return;
    std::memcpy(hash.data(), key.data(), hash.size());
    present.insert(hash);
    if (sha256(value) != hash)
      judge_blob(hash, "in family blob has other bytes than its name says");
  });
  std::error_code error;
  if (fs::exists(paths_.blobs, error)) {
    for (const auto& entry : fs::directory_iterator(paths_.blobs, error)) {
      const auto name = entry.path().filename().string();
      const auto hash = bytes32_from_hex(name);
      if (!hash) continue;
      present.insert(*hash);
      const auto sum = sha256_of_file(entry.path());
      if (sum.has_error() || sum.value() != "sha256:" + name) {
        judge_blob(*hash, "has other bytes than its name says");
      }
    }
  }
  if (walk_failed_) return;
  for (const auto& [hash, naming] : named_) {
    if (naming.use == Use::decided_with && !present.contains(hash)) judge_blob(hash, "is missing");
  }
}

}  // namespace

Result<VerifyReport> verify_directory(const fs::path& directory, const std::string& prefix) {
  return DirectoryVerifier(LogPaths(directory)).run(prefix);
}

}  // namespace ars::store

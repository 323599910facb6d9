// An empty directory adopts the cluster of a namespace: every record of ctl and evt that counts, in
// order and checked, the weights they name, and then the ownership, claimed on ctl. A directory
// that stopped half-way goes on where it stands. Its states and views are the business of
// runtime/replay/rebuild, which also ends the adoption. Owned by whoever opens the node; calls
// block.
#pragma once

#include "runtime/dispatch/owner_terms.hpp"
#include "store/blob_store.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <functional>

namespace ars::runtime {

// What ctl of a namespace says, and where it ends.
struct Namespace {
  OwnerTerms terms;
  Offset end;
};
// No cluster in it: nobody was there yet. Errc::corrupt; Errc::unavailable.
Result<Namespace> read_namespace(store::LogBackend& backend, std::chrono::milliseconds deadline);

struct AdoptionSetup {
  store::EventLog* log = nullptr;  // of the cluster; these outlive the adoption
  const store::BlobStore* blobs = nullptr;
  store::LogBackend* backend = nullptr;
  Bytes32 head_key{};  // of the node that adopts
  std::uint64_t clock_ns = 0;
  std::chrono::milliseconds patience{};
  std::function<void(std::uint64_t records)> progress;  // empty: none
};

struct AdoptionReport {
  std::uint64_t records = 0;     // of evt and ctl, as they are now
  std::uint64_t superseded = 0;  // passed over
  OwnerTerm before;              // whose cluster it was
  OwnerTerm now;
};

// Errc::conflict: the directory holds something else, or another node claimed first - both are
// named; Errc::corrupt: the records are not what their owner signed, or weights are missing;
// Errc::unavailable: the same call goes on from here.
Result<AdoptionReport> adopt(const AdoptionSetup& setup);

// Whether a directory is in the middle of it; the mark lies in the log until the states are there.
bool is_adopting(const store::EventLog& log);
enum class Adopting : std::uint8_t { no, yes };
store::Write adoption_mark(Adopting adopting);

}  // namespace ars::runtime

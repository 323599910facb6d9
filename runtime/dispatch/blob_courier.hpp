// Brings what events name by its hash - weights - to a backend and back: in checked pieces on topic
// `model`, each before the first event that names it. Owned by the publisher; calls block.
#pragma once

#include "store/blob_store.hpp"
#include "store/log_backend.hpp"

#include <chrono>
#include <functional>
#include <set>
#include <span>

namespace ars::runtime {

class BlobCourier {
 public:
  // Both outlive the courier.
  BlobCourier(const store::BlobStore& blobs, store::LogBackend& backend)
      : blobs_(blobs), backend_(backend) {}

  // Sends what these records are the first to name and this courier has not sent yet. Sending twice
  // is harmless. What is only mentioned and not here was never kept. Errc::unavailable: again
  // later.
  Result<void> send_named(std::span<const store::Record> records,
                          std::chrono::milliseconds deadline);

 private:
  Result<void> send(const Bytes32& hash, std::chrono::milliseconds deadline);

  const store::BlobStore& blobs_;
  store::LogBackend& backend_;
  std::set<Bytes32> sent_;
};

// Reads topic `model` from its beginning and gives each whole blob, checked against its name, once.
// Pieces of one that is not whole are left out: whoever needs it finds it missing. Errc::corrupt: a
// record that is no piece, or more in pieces than limits allow; Errc::unavailable.
Result<void> fetch_blobs(store::LogBackend& backend, std::chrono::milliseconds deadline,
                         const std::function<Result<void>(ByteSpan blob)>& keep);

}  // namespace ars::runtime

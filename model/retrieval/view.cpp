#include "model/retrieval/view.hpp"

#include "events/codec/view.hpp"
#include "model/retrieval/view_set.hpp"

#include <fmt/format.h>

namespace ars::model {

std::vector<std::uint8_t> delta_bytes(const ViewDelta& delta) { return events::to_bytes(delta); }

Result<ViewDelta> delta_from_bytes(ByteSpan bytes) { return events::from_bytes<ViewDelta>(bytes); }

Bytes32 chain_views(const Bytes32& previous, ByteSpan delta) {
  Sha256 hasher;
  return hasher.update(previous).update(delta).digest();
}

std::size_t DeltaReader::count(std::size_t most) {
  const std::size_t value = number();
  if (value <= most) return value;
  failed_ = true;
  return 0;
}

bool DeltaReader::exhausted() const {
  return number_at_ == delta_.numbers.size() && time_at_ == delta_.times.size() &&
         real_at_ == delta_.reals.size() && wide_at_ == delta_.wide.size() &&
         text_at_ == delta_.texts.size();
}

ViewChain::ViewChain(std::string name) : name_(std::move(name)) {}

std::vector<std::uint8_t> ViewChain::close(View& view) {
  pending_.view = name_;
  pending_.version = version_.next();
  pending_.previous = sha256_;
  auto bytes = delta_bytes(pending_);
  version_ = pending_.version;
  sha256_ = chain_views(sha256_, bytes);
  pending_ = ViewDelta{};
  view.name = name_;
  view.version = version_;
  view.sha256 = sha256_;
  return bytes;
}

Result<ViewDelta> ViewChain::open(ByteSpan bytes) const {
  ARS_TRY(auto delta, delta_from_bytes(bytes));
  if (!empty()) return fail(Errc::conflict, "observations are pending; publish them first");
  if (delta.view != name_) {
    return fail(Errc::corrupt, fmt::format("a delta of {}, not of {}", delta.view, name_));
  }
  if (delta.version != version_.next() || delta.previous != sha256_) {
    return fail(Errc::corrupt, fmt::format("delta {} of {} does not follow version {}",
                                           delta.version.value(), name_, version_.value()));
  }
  return delta;
}

ViewSet empty_views() {
  return {CatalogueFold().latest(), StatisticsFold().latest(), CovisitationFold().latest()};
}

}  // namespace ars::model

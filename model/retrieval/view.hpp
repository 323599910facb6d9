// Views: what a decision may read beyond its own state. A view is an immutable value with a
// version; a fold observes events and publishes versions that share structure, so that publishing
// costs the change. Each publication is also bytes, the delta: applied in order to an empty fold
// they give the same views, and sha256 is the chain SHA256(previous || delta). Owner: one fold
// writes; a published view may be read from any thread.
#pragma once

#include "events/base/hash.hpp"
#include "events/base/result.hpp"
#include "events/codec/fields.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ars::model {

struct View {
  View() = default;
  View(const View&) = default;
  View& operator=(const View&) = default;
  virtual ~View() = default;
  std::string name;
  ViewVersion version;  // 0: nothing was observed yet
  Bytes32 sha256{};
};

// What one publication says: the version, and the bytes that lead to it from the one before.
// Without observations since the last publication, `view` is that one and `delta` is empty.
template <class V>
struct Publication {
  std::shared_ptr<const V> view;
  std::vector<std::uint8_t> delta;
  std::uint32_t observations = 0;
};

// The observations of one publication as columns. Each kind of row takes what it needs from the
// columns in order; the kinds are the fold's own.
struct ViewDelta {
  std::string view;
  ViewVersion version;  // that it leads to
  Bytes32 previous{};
  std::vector<std::uint8_t> kinds;
  std::vector<std::uint32_t> numbers;
  std::vector<std::int64_t> times;
  std::vector<float> reals;
  std::vector<double> wide;
  std::vector<std::string> texts;
  static constexpr auto fields = std::tuple{events::field(0, "view", &ViewDelta::view),
                                            events::field(1, "version", &ViewDelta::version),
                                            events::field(2, "previous", &ViewDelta::previous),
                                            events::field(3, "kinds", &ViewDelta::kinds),
                                            events::field(4, "numbers", &ViewDelta::numbers),
                                            events::field(5, "times", &ViewDelta::times),
                                            events::field(6, "reals", &ViewDelta::reals),
                                            events::field(7, "wide", &ViewDelta::wide),
                                            events::field(8, "texts", &ViewDelta::texts)};
  friend bool operator==(const ViewDelta&, const ViewDelta&) = default;
};

std::vector<std::uint8_t> delta_bytes(const ViewDelta& delta);
// Errc::corrupt when the bytes are not a delta.
Result<ViewDelta> delta_from_bytes(ByteSpan bytes);
// SHA256(previous || delta bytes).
Bytes32 chain_views(const Bytes32& previous, ByteSpan delta);

// Reads the columns of a delta in order. Asking beyond the end sets failed() and gives zero.
class DeltaReader {
 public:
  explicit DeltaReader(const ViewDelta& delta) : delta_(delta) {}
  std::uint32_t number() { return take(delta_.numbers, number_at_); }
  Timestamp time() { return Timestamp(take(delta_.times, time_at_)); }
  float real() { return take(delta_.reals, real_at_); }
  double wide() { return take(delta_.wide, wide_at_); }
  std::string text() { return take(delta_.texts, text_at_); }
  // A count of at most `most`; more sets failed() and gives 0.
  std::size_t count(std::size_t most);
  bool failed() const { return failed_; }
  // Every column was read to its end.
  bool exhausted() const;

 private:
  template <class T>
  T take(const std::vector<T>& column, std::size_t& at) {
    if (at < column.size()) return column[at++];
    failed_ = true;
    return T{};
  }
  const ViewDelta& delta_;
  std::size_t number_at_ = 0;
  std::size_t time_at_ = 0;
  std::size_t real_at_ = 0;
  std::size_t wide_at_ = 0;
  std::size_t text_at_ = 0;
  bool failed_ = false;
};

// The part of every fold that keeps version, chain and pending delta.
class ViewChain {
 public:
  explicit ViewChain(std::string name);
  ViewDelta& pending() { return pending_; }
  const ViewDelta& pending() const { return pending_; }
  bool empty() const { return pending_.kinds.empty(); }
  // Closes the pending delta: stamps name, version and chain into the view; gives the bytes.
  std::vector<std::uint8_t> close(View& view);
  // Errc::corrupt unless the delta follows this chain and nothing is pending.
  Result<ViewDelta> open(ByteSpan bytes) const;
  ViewVersion version() const { return version_; }
  const Bytes32& sha256() const { return sha256_; }

 private:
  std::string name_;
  ViewVersion version_;
  Bytes32 sha256_{};
  ViewDelta pending_;
};

}  // namespace ars::model

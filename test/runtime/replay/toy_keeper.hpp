// The view of the toy recommender: how many requests there were, and which agents they ask for.
// Owned by one toy world or one replay; one thread.
#pragma once

#include "runtime/event_sourced/view_keeper.hpp"

#include <fmt/format.h>

#include <memory>

namespace toys {

using namespace ars;
using events::Event;

struct Views {
  std::uint64_t version = 0;
  std::uint64_t requests = 0;
};

// Counts requests, publishes every third, and asks for a second recall from the sixth on and for
// no first one from the twelfth on.
class Keeper final : public runtime::ViewKeeper {
 public:
  void observe(const Event& event, const store::Pointer&) override {
    if (event.as<events::RequestReceived>() != nullptr) ++seen_;
  }
  std::vector<runtime::Publication> publish_due(Offset until) override {
    if (seen_ < current_->requests + 3) return {};
    std::vector<runtime::Publication> out;
    out.push_back(publish("toy", until));
    return out;
  }
  runtime::Publication publish(std::string_view view, Offset until) override {
    runtime::Publication out;
    auto next = std::make_shared<Views>(Views{current_->version + 1, seen_});
    out.delta = {static_cast<std::uint8_t>(seen_ & 0xff), static_cast<std::uint8_t>(next->version)};
    chain_ = Sha256().update(chain_).update(out.delta).digest();
    current_ = next;
    out.fact = {std::string(view), ViewVersion(next->version), until, chain_, 1, 2};
    out.key = fmt::format("{}/{:08}", view, next->version);
    return out;
  }
  runtime::OpaqueViews current() const override { return current_; }
  std::vector<events::ViewUse> versions() const override {
    return {{"toy", ViewVersion(current_->version)}};
  }
  Result<void> restore(const store::EventLog& log, std::uint16_t partition) override {
    return log.scan({{store::Topic::evt, partition}, Offset(0)},
                    [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
                      Event event;
                      ARS_CHECK(events::open_event_into(stored, event).has_value(),
                                "a stored event");
                      if (const auto* published = event.as<events::ViewPublished>()) {
                        publish(published->view, published->until);
                      } else {
                        observe(event, at);
                      }
                      return true;
                    });
  }
  events::Composition wanted() const override {
    using namespace events;
    Composition out;
    const auto add = [&](const char* agent, const char* kind, std::vector<std::uint32_t> reads) {
      out.agents.push_back({agent, kind, agent, std::move(reads)});
    };
    add("traffic", "traffic", {RequestReceived::type_id, FeedbackReceived::type_id});
    if (current_->requests < 12) add("recall/a", "recall", {RequestRouted::type_id});
    if (current_->requests >= 6) add("recall/b", "recall", {RequestRouted::type_id});
    add("ranker", "ranker", {CandidatesRecalled::type_id, Scored::type_id});
    return out;
  }

 private:
  std::uint64_t seen_ = 0;
  std::shared_ptr<const Views> current_ = std::make_shared<Views>();
  Bytes32 chain_{};
};

}  // namespace toys

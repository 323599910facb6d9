#include "actors/infrastructure/knowledge/view_keeper.hpp"

#include "actors/limits.hpp"
#include "actors/registry.hpp"
#include "events/base/narrow.hpp"
#include "events/codec/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ars::actors {
namespace {

constexpr std::array<std::string_view, 4> view_names = {"catalogue", "statistics", "covisitation",
                                                        "deployment"};

std::string key_of(std::string_view view, ViewVersion version) {
  return fmt::format("{}/{:020}", view, version.value());
}

std::vector<std::uint8_t> with_offset(Offset until, const std::vector<std::uint8_t>& delta) {
  std::vector<std::uint8_t> out;
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(narrow<std::uint8_t>(until.value() >> shift & 255));
  }
  out.insert(out.end(), delta.begin(), delta.end());
  return out;
}

}  // namespace

void DeploymentFold::observe(const events::Event& event) {
  const auto touched = [&] { changed_ = true; };
  if (const auto* configured = event.as<events::EvolutionConfigured>()) {
    next_.seed = configured->seed;
    next_.baselines = configured->shadow_pairs;
    touched();
  } else if (const auto* proposed = event.as<events::PlanProposed>()) {
    next_.plans.push_back(proposed->plan);
    touched();
  } else if (const auto* promoted = event.as<events::PlanPromoted>()) {
    next_.champion = promoted->plan;
    touched();
  } else if (const auto* frozen = event.as<events::PlanFrozen>()) {
    next_.frozen = frozen->plan;
    touched();
  } else if (const auto* canary = event.as<events::CanaryStarted>()) {
    next_.canary = {canary->experiment, canary->variant, canary->plan, canary->share,
                    canary->shadow_pairs};
    touched();
  } else if (event.as<events::VariantRolledBack>() != nullptr ||
             event.as<events::VariantPromoted>() != nullptr) {
    next_.canary = {};
    touched();
  } else if (const auto* rejected = event.as<events::VariantRejected>()) {
    if (rejected->variant != next_.canary.variant) return;
    next_.canary = {};
    touched();
  } else if (const auto* setting = event.as<events::ServingSettingChanged>()) {
    if (setting->setting == "micro_batch_window_us") {
      next_.micro_batch_window_us = narrow<std::uint64_t>(truncate<std::int64_t>(setting->after));
      touched();
    }
  }
}

std::vector<std::uint8_t> DeploymentFold::publish() {
  std::erase_if(next_.plans, [&](const events::ServingPlan& plan) {
    return plan.version != next_.champion && plan.version != next_.frozen &&
           plan.version != next_.canary.plan;
  });
  auto delta = events::to_bytes(next_);
  version_ = version_.next();
  sha256_ = model::chain_views(sha256_, delta);
  latest_ = std::make_shared<const Deployment>(next_);
  changed_ = false;
  return delta;
}

Result<void> DeploymentFold::apply(ByteSpan delta) {
  ARS_TRY(next_, events::from_bytes<Deployment>(delta));
  version_ = version_.next();
  sha256_ = model::chain_views(sha256_, delta);
  latest_ = std::make_shared<const Deployment>(next_);
  changed_ = false;
  return success();
}

Keeper::Keeper() { refresh(); }

void Keeper::refresh() {
  auto views = std::make_shared<DecisionViews>();
  views->sets = {catalogue_.latest(), statistics_.latest(), covisitation_.latest()};
  views->deployment = deployment_.latest();
  for (const auto& use : versions()) {
    views->names.push_back(fmt::format("{}@{}", use.view, use.version.value()));
  }
  current_ = std::move(views);
}

std::vector<events::ViewUse> Keeper::versions() const {
  return {{"catalogue", catalogue_.latest()->version},
          {"statistics", statistics_.latest()->version},
          {"covisitation", covisitation_.latest()->version},
          {"deployment", deployment_.version()}};
}

void Keeper::observe_one(std::string_view view, const events::Event& event) {
  if (view == "deployment") {
    deployment_.observe(event);
  } else if (view == "catalogue") {
    if (const auto* listed = event.as<events::ItemListed>()) {
      catalogue_.observe(*listed);
      catalogue_changed_ = true;
    }
  } else if (view == "covisitation") {
    if (const auto* recorded = event.as<events::InteractionRecorded>()) {
      covisitation_.observe(*recorded);
    }
  } else {
    if (event.header.agg_seq.value() == 0) inputs_ += 1;
    if (const auto* listed = event.as<events::ItemListed>()) statistics_.observe(*listed);
    if (const auto* recorded = event.as<events::InteractionRecorded>())
      statistics_.observe(*recorded);
    if (const auto* slate = event.as<events::SlateServed>()) statistics_.observe(*slate);
    if (const auto* feedback = event.as<events::FeedbackReceived>()) statistics_.observe(*feedback);
    if (const auto* logged = event.as<events::LoggedActionReceived>()) statistics_.observe(*logged);
  }
}

void Keeper::observe(const events::Event& event, const store::Pointer&) {
  for (const auto view : view_names)
    observe_one(view, event);
}

runtime::Publication Keeper::publish(std::string_view view, Offset until) {
  runtime::Publication out;
  out.fact.view = view;
  out.fact.until = until;
  const auto take = [&](auto publication) {
    out.fact.version = publication.view->version;
    out.fact.sha256 = publication.view->sha256;
    out.fact.observations = publication.observations;
    out.delta = std::move(publication.delta);
  };
  if (view == "catalogue") {
    take(catalogue_.publish());
    catalogue_changed_ = false;
  } else if (view == "statistics") {
    take(statistics_.publish());
    inputs_ = 0;
  } else if (view == "covisitation") {
    take(covisitation_.publish());
  } else {
    ARS_CHECK(view == "deployment", "no view is named {}", view);
    out.delta = deployment_.publish();
    out.fact.version = deployment_.version();
    out.fact.sha256 = deployment_.sha256();
    out.fact.observations = 1;
  }
  out.fact.bytes = narrow<std::uint32_t>(out.delta.size());
  out.key = key_of(view, out.fact.version);
  out.delta = with_offset(until, out.delta);
  refresh();
  return out;
}

std::vector<runtime::Publication> Keeper::publish_due(Offset until) {
  std::vector<runtime::Publication> out;
  const auto publish_if = [&](bool due, std::string_view view) {
    if (!due) return;
    auto publication = publish(view, until);
    if (publication.fact.bytes > 0) out.push_back(std::move(publication));
  };
  publish_if(catalogue_changed_, "catalogue");
  const bool statistics_due = inputs_ >= limits::statistics_every_inputs;
  publish_if(statistics_due, "statistics");
  publish_if(statistics_due, "covisitation");
  publish_if(deployment_.changed(), "deployment");
  return out;
}

Result<void> Keeper::apply(std::string_view view, ByteSpan delta) {
  if (view == "catalogue") {
    ARS_TRY([[maybe_unused]] auto done, catalogue_.apply(delta));
  } else if (view == "statistics") {
    ARS_TRY([[maybe_unused]] auto done, statistics_.apply(delta));
  } else if (view == "covisitation") {
    ARS_TRY([[maybe_unused]] auto done, covisitation_.apply(delta));
  } else {
    ARS_TRY(deployment_.apply(delta));
  }
  return success();
}

Result<Offset> Keeper::restore_one(const store::EventLog& log, std::string_view view) {
  std::uint64_t until = 0;
  Error broken;
  log.each(store::family::view, fmt::format("{}/", view), [&](std::string_view, ByteSpan value) {
    if (value.size() < 8) {
      broken = {Errc::corrupt, "a view delta is cut short"};
      return false;
    }
    until = 0;
    for (std::size_t i = 0; i < 8; ++i)
      until = until << 8 | value[i];
    auto applied = apply(view, value.subspan(8));
    if (!applied.has_value()) broken = applied.error();
    return applied.has_value();
  });
  if (!broken.context.empty()) return ars::outcome::failure(within(view, broken));
  return Offset(until);
}

Result<void> Keeper::restore(const store::EventLog& log, std::uint16_t partition) {
  std::array<std::uint64_t, view_names.size()> from{};
  for (std::size_t i = 0; i < view_names.size(); ++i) {
    ARS_TRY(const auto until, restore_one(log, view_names[i]));
    from[i] = until.value();
  }
  // What was logged after the last publication of a view is pending in its fold again.
  Error broken;
  const store::Stream evt{store::Topic::evt, partition};
  const auto start = *std::min_element(from.begin(), from.end());
  ARS_TRY(log.scan({evt, Offset(start)},
                   [&](const store::Pointer& at, const Bytes32&, ByteSpan stored) {
                     auto event = events::open_event(stored);
                     if (!event.has_value()) {
                       broken = event.error();
                       return false;
                     }
                     for (std::size_t i = 0; i < view_names.size(); ++i) {
                       if (at.offset.value() >= from[i]) observe_one(view_names[i], *event.value());
                     }
                     return true;
                   }));
  if (!broken.context.empty()) return ars::outcome::failure(within("views", broken));
  refresh();
  return success();
}

events::Composition Keeper::wanted() const { return composition_for(*deployment_.latest()); }

}  // namespace ars::actors

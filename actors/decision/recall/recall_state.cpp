#include "actors/decision/recall/recall_state.hpp"

#include "actors/decision/recall/sources/catalog.hpp"

#include <algorithm>

namespace ars::actors {
namespace {

// Plans that share a source share its answer: the longest quota that any of them asks for, of which
// fusion takes each plan's own.
events::RecallSetting widest(const Deployment& deployment, const std::string& source) {
  events::RecallSetting out;
  out.source = source;
  for (const auto& plan : deployment.plans) {
    for (const auto& setting : plan.recalls) {
      if (setting.source == source && setting.quota > out.quota) out = setting;
    }
  }
  return out;
}

}  // namespace

runtime::Decision RecallState::decide(const events::Event& input,
                                      const runtime::StepContext& context) const {
  const auto* request = input.as<events::RequestRouted>();
  if (request == nullptr) return {};
  const auto& views = views_of(context);
  const auto found = std::find_if(recall_sources.begin(), recall_sources.end(),
                                  [&](const auto& each) { return each.name == source; });
  ARS_CHECK(found != recall_sources.end(), "recall source {} is not in the catalogue", source);
  auto result = found->recall({*request, views.sets, widest(*views.deployment, source)});
  runtime::Decision out;
  out.facts.emplace_back(events::CandidatesRecalled{
      request->request, source, std::move(result.items), std::move(result.scores)});
  return out;
}

void RecallState::evolve(const events::Event& event) {
  const auto* recalled = event.as<events::CandidatesRecalled>();
  if (recalled == nullptr) return;
  answered += 1;
  proposed += recalled->items.size();
}

}  // namespace ars::actors

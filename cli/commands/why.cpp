#include "cli/commands/catalog.hpp"
#include "cli/event_query.hpp"
#include "cli/json_object.hpp"
#include "cli/story.hpp"
#include "cli/time_text.hpp"
#include "events/base/narrow.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ars::cli {
namespace {

struct WhyOptions {
  std::string directory;
  std::string at;  // @TIME, or a pointer
  std::uint64_t variant = 0;
};
using OptionsPtr = std::shared_ptr<WhyOptions>;

std::string when(std::uint64_t ns) { return time_text(narrow<std::int64_t>(ns)); }

// The log time up to which the story is told.
Result<std::uint64_t> time_limit(const store::EventLog& log, const std::string& at) {
  if (at.empty()) return ~std::uint64_t{0};
  if (at.find('/') != at.npos) {
    ARS_TRY(const auto pointer, store::pointer_from_text(at));
    ARS_TRY(const auto event, event_at(log, pointer));
    return event->header.log_time_ns;
  }
  ARS_TRY(const auto ns, time_from_text(at.starts_with('@') ? std::string_view(at).substr(1) : at));
  return narrow<std::uint64_t>(std::max<std::int64_t>(ns, 0));
}

Result<Story> story_of(const store::EventLog& log, std::uint64_t until_ns) {
  Story story;
  ARS_TRY(
      scan_types(log, &Story::concerns, [&](const events::Event& event, const store::Pointer& at) {
        if (event.header.log_time_ns > until_ns) return false;
        story.observe(event, at);
        return true;
      }));
  return story;
}

// Why the newest reign began: sentences, the conclusion first.
std::vector<std::string> explain(const Story& story, const Reign& reign) {
  std::vector<std::string> out;
  const auto plan = story.plans().find(reign.promoted.plan);
  const auto label = plan == story.plans().end() ? std::string() : plan_text(plan->second);
  out.push_back(fmt::format("Plan {} serves since {} ({} interactions, {}).", reign.promoted.plan,
                            when(reign.log_time_ns), reign.interactions,
                            store::to_string(reign.at)));
  if (!label.empty()) out.push_back(fmt::format("It is: {}.", label));
  if (reign.promoted.replaced > 0) {
    out.push_back(
        fmt::format("It replaced plan {}{}", reign.promoted.replaced,
                    reign.promoted.reason.empty() ? "." : ": " + reign.promoted.reason + "."));
    const auto old = story.plans().find(reign.promoted.replaced);
    if (old != story.plans().end() && plan != story.plans().end()) {
      for (const auto& change : plan_changes(old->second, plan->second))
        out.push_back("  " + change);
    }
  }
  const auto found = story.variants().find(reign.promoted.variant);
  if (reign.promoted.variant == 0 || found == story.variants().end()) {
    out.push_back("No variant led to it: it is where the system began, or its first training.");
    return out;
  }
  const auto& variant = found->second;
  out.push_back(fmt::format("It came of variant {}, proposed by {}: {}.", reign.promoted.variant,
                            variant.proposed.proposer, variant.proposed.summary));
  for (const auto& sentence : variant.road) {
    out.push_back(fmt::format("  {}: {}.", store::to_string(sentence.at), sentence.text));
  }
  return out;
}

JsonObject evidence_json(const VariantStory& variant) {
  JsonObject out;
  out.add("proposer", variant.proposed.proposer).add("summary", variant.proposed.summary);
  out.add("fate", to_string(variant.fate)).add("reason", variant.reason);
  if (const auto& offline = variant.evidence) {
    JsonObject part;
    part.add("metric", offline->metric).add("mean", offline->mean).add("low", offline->low);
    part.add("high", offline->high).add("noise_floor", offline->noise_floor);
    part.add("pairs", offline->differences.size()).add("p_value", offline->p_value);
    out.add("offline", part.add("passed", offline->passed));
  } else {
    out.add_null("offline");
  }
  if (const auto& canary = variant.canary) {
    JsonObject part;
    part.add("experiment", canary->experiment).add("share", canary->share);
    part.add("shadow_pairs", canary->shadow_pairs).add("metric", canary->metric);
    part.add("guardrail", canary->guardrail).add("looks", variant.looks);
    if (const auto& look = variant.last_look) {
      part.add("requests", look->requests).add("effect", look->effect).add("low", look->low);
      part.add("high", look->high).add("p_value", look->p_value);
    }
    out.add("canary", part.add("guardrail_crossed", variant.guardrail.has_value()));
  } else {
    out.add_null("canary");
  }
  return out;
}

std::vector<JsonObject> road_json(const std::vector<Sentence>& road) {
  std::vector<JsonObject> out;
  for (const auto& sentence : road) {
    JsonObject each;
    each.add("offset", store::to_string(sentence.at)).add("time", when(sentence.log_time_ns));
    each.add("interactions", sentence.interactions).add("says", sentence.text);
    out.push_back(std::move(each));
  }
  return out;
}

void put_serving_json(const Story& story, const std::vector<std::string>& prose) {
  const auto& reign = story.reigns().back();
  JsonObject out;
  out.add("plan", reign.promoted.plan).add("since", when(reign.log_time_ns));
  out.add("offset", store::to_string(reign.at)).add("interactions", reign.interactions);
  out.add("replaced", reign.promoted.replaced).add("reason", reign.promoted.reason);
  const auto variant = story.variants().find(reign.promoted.variant);
  if (reign.promoted.variant > 0 && variant != story.variants().end()) {
    out.add("variant", reign.promoted.variant).add("because", evidence_json(variant->second));
    out.add("road", road_json(variant->second.road));
  } else {
    out.add_null("variant").add_null("because").add("road", std::vector<JsonObject>{});
  }
  std::vector<JsonObject> reigns;
  for (const auto& each : story.reigns()) {
    JsonObject row;
    row.add("plan", each.promoted.plan).add("since", when(each.log_time_ns));
    row.add("offset", store::to_string(each.at)).add("variant", each.promoted.variant);
    reigns.push_back(row.add("interactions", each.interactions));
  }
  out.add("served", reigns);
  std::string text;
  for (const auto& sentence : prose)
    text += (text.empty() ? "" : "\n") + sentence;
  put_line(out.add("prose", text).text());
}

Result<ExitCode> run_serving(const WhyOptions& options, const Session& session) {
  ARS_TRY(const auto opened, open_log(options.directory));
  ARS_TRY(const auto until, time_limit(*opened.log, options.at));
  ARS_TRY(const auto story, story_of(*opened.log, until));
  if (story.reigns().empty()) {
    return fail(Errc::not_found, options.at.empty() ? "no plan serves in this log yet"
                                                    : "no plan served at " + options.at);
  }
  const auto prose = explain(story, story.reigns().back());
  if (session.format != Format::text) {
    put_serving_json(story, prose);
    return ExitCode::done;
  }
  for (const auto& sentence : prose)
    put_line(sentence);
  if (const auto& canary = story.canary_now()) {
    put_line(fmt::format("Beside it, plan {} is under test in experiment {} (variant {}).",
                         canary->plan, canary->experiment, canary->variant));
  }
  put_line("Who served when:");
  for (const auto& reign : story.reigns()) {
    put_line(fmt::format("  plan {} from {} ({} interactions), variant {}", reign.promoted.plan,
                         when(reign.log_time_ns), reign.interactions, reign.promoted.variant));
  }
  return ExitCode::done;
}

Result<ExitCode> run_change(const WhyOptions& options, const Session& session) {
  ARS_TRY(const auto opened, open_log(options.directory));
  ARS_TRY(const auto story, story_of(*opened.log, ~std::uint64_t{0}));
  const auto found = story.variants().find(options.variant);
  if (found == story.variants().end()) {
    return fail(Errc::not_found, fmt::format("there is no change {}: this log has {}",
                                             options.variant, story.variants().size()));
  }
  const auto& variant = found->second;
  if (session.format != Format::text) {
    JsonObject out;
    out.add("variant", options.variant).add("because", evidence_json(variant));
    put_line(out.add("road", road_json(variant.road)).text());
    return ExitCode::done;
  }
  put_line(fmt::format("Change {} is {}{}.", options.variant, to_string(variant.fate),
                       variant.reason.empty() ? "" : ": " + variant.reason));
  for (const auto& sentence : variant.road) {
    put_line(fmt::format("  {} after {} interactions ({}): {}.", when(sentence.log_time_ns),
                         sentence.interactions, store::to_string(sentence.at), sentence.text));
  }
  return ExitCode::done;
}

}  // namespace

Action why_serving_command(CLI::App& app) {
  auto options = std::make_shared<WhyOptions>();
  app.add_option("--log-dir", options->directory, "directory that `ars run` wrote")->required();
  app.add_option("--at", options->at,
                 "as of a log time (@2026-11-23T02:00:00Z) or an event (evt/0/1041)");
  return [options](const Session& session) { return run_serving(*options, session); };
}

Action why_change_command(CLI::App& app) {
  auto options = std::make_shared<WhyOptions>();
  app.add_option("--log-dir", options->directory, "directory that `ars run` wrote")->required();
  app.add_option("change", options->variant, "number of the variant")
      ->required()
      ->check(wrong_whole_number);
  return [options](const Session& session) { return run_change(*options, session); };
}

}  // namespace ars::cli

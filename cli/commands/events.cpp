#include "cli/commands/catalog.hpp"
#include "cli/event_json.hpp"
#include "cli/event_query.hpp"
#include "cli/json_object.hpp"
#include "cli/log_follower.hpp"
#include "cli/time_text.hpp"
#include "events/base/narrow.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <deque>

namespace ars::cli {
namespace {

constexpr std::uint64_t list_limit = 100;
constexpr std::uint64_t tail_limit = 10;
constexpr std::size_t line_chars = 120;

struct EventsOptions {
  std::string directory;
  EventQuery query;
  std::uint64_t limit = list_limit;
  bool once = false;
  std::string what;  // of show
};
using OptionsPtr = std::shared_ptr<EventsOptions>;

OptionsPtr declare_log(CLI::App& app) {
  auto options = std::make_shared<EventsOptions>();
  app.add_option("--log-dir", options->directory, "directory that `ars run` wrote")->required();
  return options;
}

void declare_filters(CLI::App& app, const OptionsPtr& options) {
  auto& query = options->query;
  app.add_option("--type", query.types,
                 "event types: a name, a number, or a beginning with a star");
  app.add_option("--agent", query.agent,
                 "emitting agent: name, family (traffic), id or its beginning");
  app.add_option("--corr", query.correlation, "correlation id: one request or task");
  app.add_option("--stream", query.stream, "one stream, such as evt/0 or ctl/0");
  app.add_option(
      "--offset", query.offset,
      "within each stream: N or +N (from the start), -N (from the end), A:B, @TIME, start, end");
  app.add_option("--from", query.from,
                 "not before this log time: @2026-11-23T02:00:00Z, @SECONDS, @123ns");
  app.add_option("--to", query.to, "before this log time");
}

// A log with the names of its agents.
struct Source {
  OpenLog opened;
  std::unique_ptr<AgentNames> names;
};

Result<Source> open_source(const std::string& directory, const EventQuery& query) {
  Source out;
  ARS_TRY(out.opened, open_log(directory));
  out.names = std::make_unique<AgentNames>(*out.opened.log);
  if (!query.agent.empty() && !out.names->knows(query.agent)) {
    return fail(Errc::not_found,
                fmt::format("no agent of {} is called '{}'", directory, query.agent));
  }
  return out;
}

std::string line_of(const events::Event& event, const store::Pointer& at, const Source& source,
                    Format format) {
  if (format != Format::text) return cloud_event_json(event, at, source.opened.cluster);
  const auto& header = event.header;
  auto agent = source.names->of(header.agent_id);
  if (agent.size() > 24) agent = agent.substr(0, 21) + "...";
  return fmt::format("{:<14} {:<30} {:<24} {:<26} {}", store::to_string(at),
                     time_text(narrow<std::int64_t>(header.log_time_ns)), agent,
                     events::name_of(event.payload), payload_line(event.payload, line_chars));
}

// A list as the format wants it: lines, or one JSON array.
class Listing {
 public:
  explicit Listing(Format format) : format_(format) {}
  void add(std::string line) {
    if (format_ == Format::json) {
      lines_.push_back(std::move(line));
    } else {
      put_line(line);
    }
  }
  void finish() const {
    if (format_ == Format::json) put_line(json_list(lines_));
  }

 private:
  Format format_;
  std::vector<std::string> lines_;
};

Result<ExitCode> run_list(const EventsOptions& options, const Session& session) {
  ARS_TRY(const auto source, open_source(options.directory, options.query));
  Listing listing(session.format);
  std::uint64_t count = 0;
  bool more = false;
  ARS_TRY(
      visit_events(*source.opened.log, *source.names, options.query,
                   [&](const events::EventPtr& event, const store::Pointer& at) -> Result<bool> {
                     if (options.limit > 0 && count == options.limit) {
                       more = true;
                       return false;
                     }
                     ++count;
                     listing.add(line_of(*event, at, source, session.format));
                     return true;
                   }));
  listing.finish();
  if (more) say(session, fmt::format("{} shown, there are more: raise --limit (0: all)", count));
  if (count == 0 && !options.query.correlation.empty()) {
    return fail(Errc::not_found, "nothing has correlation id " + options.query.correlation);
  }
  return ExitCode::done;
}

Result<ExitCode> run_export(const EventsOptions& options, const Session&) {
  ARS_TRY(const auto source, open_source(options.directory, options.query));
  ARS_TRY(
      visit_events(*source.opened.log, *source.names, options.query,
                   [&](const events::EventPtr& event, const store::Pointer& at) -> Result<bool> {
                     put_line(cloud_event_json(*event, at, source.opened.cluster));
                     return true;
                   }));
  return ExitCode::done;
}

// The newest ones, then each as it comes, until interrupted.
Result<ExitCode> run_tail(const EventsOptions& options, const Session& session) {
  LogFollower follower(options.directory);
  std::map<store::Stream, std::uint64_t> seen;
  bool first = true;
  while (true) {
    ARS_TRY(auto opened, first ? follower.open() : follower.wait());
    if (!opened.has_value()) return ExitCode::interrupted;
    Source source{std::move(*opened), nullptr};
    source.names = std::make_unique<AgentNames>(*source.opened.log);
    std::deque<std::string> lines;
    ARS_TRY(
        visit_events(*source.opened.log, *source.names, options.query,
                     [&](const events::EventPtr& event, const store::Pointer& at) -> Result<bool> {
                       auto& next = seen[at.stream];
                       if (at.offset.value() < next) return true;
                       next = at.offset.value() + 1;
                       lines.push_back(line_of(*event, at, source, session.format));
                       if (first && lines.size() > options.limit) lines.pop_front();
                       return true;
                     }));
    for (const auto& line : lines)
      put_line(line);
    if (options.once) return ExitCode::done;
    first = false;
  }
}

Result<store::Pointer> place_of(const store::EventLog& log, const std::string& what) {
  if (const auto id = uuid_from_text(what)) {
    if (const auto at = log.find(EventId(*id))) return *at;
    return fail(Errc::not_found, "no event has id " + what);
  }
  ARS_TRY(const auto named, named_pointer(what));
  return named.at;
}

Result<ExitCode> run_show(const EventsOptions& options, const Session& session) {
  auto directory = options.directory;
  if (options.what.starts_with("frozen/")) {
    const auto frozen = frozen_of(directory);
    if (!frozen) return fail(Errc::not_found, directory + " has no frozen/");
    directory = *frozen;
  }
  ARS_TRY(const auto source, open_source(directory, {}));
  ARS_TRY(const auto at, place_of(*source.opened.log, options.what));
  ARS_TRY(const auto event, event_at(*source.opened.log, at));
  if (session.format != Format::text) {
    put_line(cloud_event_json(*event, at, source.opened.cluster));
    return ExitCode::done;
  }
  const auto& header = event->header;
  put_line(fmt::format("{}  {} (type {}, version {})", store::to_string(at),
                       events::name_of(event->payload), header.type_id, header.schema_version));
  put_line(fmt::format("id           {}", uuid_text(header.event_id.value())));
  put_line(fmt::format("agent        {} ({}), sequence {}", source.names->of(header.agent_id),
                       to_hex(header.agent_id), header.agg_seq.value()));
  put_line(fmt::format("log time     {} ({} ns)",
                       time_text(narrow<std::int64_t>(header.log_time_ns)), header.log_time_ns));
  put_line(fmt::format("caused by    {}", uuid_text(header.causation_id.value())));
  for (const auto& effect : source.opened.log->caused_by(header.event_id, 20)) {
    put_line(fmt::format("caused       {}", store::to_string(effect)));
  }
  put_line(fmt::format("correlation  {}", to_hex(header.correlation_id)));
  put_line(fmt::format("hash         {}", to_hex(ByteSpan(events::event_hash(event->stored)))));
  put_line(fmt::format("composition  {}, epoch {}, {} bytes", header.composition_version.value(),
                       header.owner_epoch.value(), event->stored.size()));
  put_line(payload_json(event->payload));
  return ExitCode::done;
}

}  // namespace

Action events_list_command(CLI::App& app) {
  auto options = declare_log(app);
  declare_filters(app, options);
  app.add_option("--limit", options->limit, "at most this many; 0: all")
      ->capture_default_str()
      ->check(wrong_whole_number);
  return [options](const Session& session) { return run_list(*options, session); };
}

Action events_show_command(CLI::App& app) {
  auto options = declare_log(app);
  app.add_option("event", options->what, "evt/3/1041, frozen/evt/3/17, or an event id")->required();
  return [options](const Session& session) { return run_show(*options, session); };
}

Action events_tail_command(CLI::App& app) {
  auto options = declare_log(app);
  declare_filters(app, options);
  options->limit = tail_limit;
  app.add_option("--limit", options->limit, "how many to begin with")
      ->capture_default_str()
      ->check(wrong_whole_number);
  app.add_flag("--once", options->once, "end after the newest ones");
  return [options](const Session& session) { return run_tail(*options, session); };
}

Action events_export_command(CLI::App& app) {
  auto options = declare_log(app);
  declare_filters(app, options);
  return [options](const Session& session) { return run_export(*options, session); };
}

}  // namespace ars::cli

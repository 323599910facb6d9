#include "events/base/narrow.hpp"
#include "model/limits.hpp"
#include "model/training/job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>
#include <type_traits>

namespace ars::model {

namespace {

using Json = nlohmann::json;

Result<Json> parsed(std::string_view text, std::string_view what) {
  if (text.size() > limits::job_bytes_max) {
    return fail(Errc::invalid,
                fmt::format("{}: larger than {} bytes", what, limits::job_bytes_max));
  }
  Json root = Json::parse(text, nullptr, false);
  if (!root.is_object()) return fail(Errc::invalid, fmt::format("{}: not a JSON object", what));
  return root;
}

// Reads members by name and remembers which were asked for; finish() refuses the others.
class Members {
 public:
  Members(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  template <class T>
  Result<void> read(const char* key, T& out) {
    ARS_TRY(const Json* value, member(key));
    if constexpr (std::is_same_v<T, std::string>) {
      if (!value->is_string()) return wrong(key, "a string");
      out = value->get<std::string>();
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!value->is_number()) return wrong(key, "a number");
      out = value->get<T>();
    } else if constexpr (std::is_same_v<T, Bytes32>) {
      const auto bytes =
          value->is_string() ? bytes32_from_hex(value->get<std::string>()) : std::nullopt;
      if (!bytes) return wrong(key, "64 hexadecimal digits");
      out = *bytes;
    } else {
      static_assert(std::is_unsigned_v<T>);
      if (!value->is_number_unsigned() || !std::in_range<T>(value->get<std::uint64_t>())) {
        return wrong(key, "a whole number in range");
      }
      out = narrow<T>(value->get<std::uint64_t>());
    }
    return success();
  }

  Result<const Json*> list(const char* key, std::size_t most) {
    ARS_TRY(const Json* value, member(key));
    if (!value->is_array() || value->size() > most) {
      return fail(Errc::invalid,
                  fmt::format("{}.{}: expected a list of at most {}", where_, key, most));
    }
    return value;
  }

  Result<const Json*> member(const char* key) {
    if (!object_.is_object() || !object_.contains(key)) {
      return fail(Errc::invalid, fmt::format("{}: no '{}'", where_, key));
    }
    known_.insert(key);
    return &object_.at(key);
  }

  Result<void> finish() const {
    for (const auto& [key, unused] : object_.items()) {
      if (!known_.contains(key)) {
        return fail(Errc::invalid, fmt::format("{}: unknown key '{}'", where_, key));
      }
    }
    return success();
  }

 private:
  outcome::failure_type<Error, void> wrong(const char* key, const char* expected) const {
    return fail(Errc::invalid, fmt::format("{}.{}: expected {}", where_, key, expected));
  }

  const Json& object_;
  std::string where_;
  std::set<std::string> known_;
};

Json json_of(const Column& column) {
  Json out = {{"name", column.name}};
  if (column.kind == ColumnKind::categorical) out["vocabulary"] = column.vocabulary;
  return out;
}

Json json_of(const Columns& columns) {
  Json out = {{"ids", Json::array()},
              {"dense", Json::array()},
              {"sequence_vocabulary", columns.sequence_vocabulary},
              {"sequence_length", columns.sequence_length}};
  for (const Column& column : columns.ids)
    out["ids"].push_back(json_of(column));
  for (const Column& column : columns.dense)
    out["dense"].push_back(json_of(column));
  return out;
}

Result<std::vector<Column>> column_list(const Json& list, ColumnKind kind) {
  std::vector<Column> out;
  for (const Json& item : list) {
    Members members(item, "columns");
    Column column{"", kind, 0};
    ARS_TRY(members.read("name", column.name));
    if (kind == ColumnKind::categorical) {
      ARS_TRY(members.read("vocabulary", column.vocabulary));
    }
    ARS_TRY(members.finish());
    out.push_back(std::move(column));
  }
  return out;
}

Result<Columns> columns_of(const Json& value) {
  Columns out;
  Members members(value, "columns");
  ARS_TRY(const Json* ids, members.list("ids", limits::input_columns_max));
  ARS_TRY(out.ids, column_list(*ids, ColumnKind::categorical));
  ARS_TRY(const Json* dense, members.list("dense", limits::input_columns_max));
  ARS_TRY(out.dense, column_list(*dense, ColumnKind::dense));
  ARS_TRY(members.read("sequence_vocabulary", out.sequence_vocabulary));
  ARS_TRY(members.read("sequence_length", out.sequence_length));
  ARS_TRY(members.finish());
  ARS_TRY(check_columns(out));
  return out;
}

Json json_of(const TrainArm& arm) {
  return {{"label", arm.label},
          {"architecture", arm.spec.architecture},
          {"seed", arm.spec.seed},
          {"learning_rate", arm.spec.learning_rate},
          {"weight_decay", arm.spec.weight_decay},
          {"epochs", arm.spec.epochs},
          {"batch_rows", arm.spec.batch_rows},
          {"report_every_steps", arm.spec.report_every_steps}};
}

Result<TrainArm> arm_of(const Json& value) {
  TrainArm arm;
  Members members(value, "arms");
  ARS_TRY(members.read("label", arm.label));
  ARS_TRY(members.read("architecture", arm.spec.architecture));
  ARS_TRY(members.read("seed", arm.spec.seed));
  ARS_TRY(members.read("learning_rate", arm.spec.learning_rate));
  ARS_TRY(members.read("weight_decay", arm.spec.weight_decay));
  ARS_TRY(members.read("epochs", arm.spec.epochs));
  ARS_TRY(members.read("batch_rows", arm.spec.batch_rows));
  ARS_TRY(members.read("report_every_steps", arm.spec.report_every_steps));
  ARS_TRY(members.finish());
  return arm;
}

Json json_of(const TrainRemedy& remedy) {
  return {{"anomaly", remedy.anomaly},
          {"remedy", remedy.remedy},
          {"learning_rate", remedy.learning_rate}};
}

Result<TrainRemedy> remedy_of(const Json& value) {
  TrainRemedy out;
  Members members(value, "remedy");
  ARS_TRY(members.read("anomaly", out.anomaly));
  ARS_TRY(members.read("remedy", out.remedy));
  ARS_TRY(members.read("learning_rate", out.learning_rate));
  ARS_TRY(members.finish());
  return out;
}

Json json_of(const TrainMetric& metric) {
  Json out = {
      {"slice", metric.slice}, {"name", metric.name}, {"rows", metric.rows}, {"value", nullptr}};
  if (metric.value) out["value"] = *metric.value;
  return out;
}

Result<TrainMetric> metric_of(const Json& value) {
  TrainMetric out;
  Members members(value, "metrics");
  ARS_TRY(members.read("slice", out.slice));
  ARS_TRY(members.read("name", out.name));
  ARS_TRY(members.read("rows", out.rows));
  ARS_TRY(const Json* held, members.member("value"));
  if (!held->is_null()) {
    double number = 0;
    ARS_TRY(members.read("value", number));
    out.value = number;
  }
  ARS_TRY(members.finish());
  return out;
}

Json json_of(const ArmOutcome& arm) {
  Json out = {{"label", arm.label},
              {"seed", arm.seed},
              {"weights_sha256", to_hex(arm.weights_sha256)},
              {"metrics", Json::array()},
              {"user_metric", arm.user_metric},
              {"rows", arm.rows},
              {"test_rows", arm.test_rows},
              {"steps", arm.steps},
              {"parameters", arm.parameters},
              {"bytes", arm.bytes},
              {"cost", arm.cost},
              {"remedies", Json::array()}};
  for (const auto& metric : arm.metrics)
    out["metrics"].push_back(json_of(metric));
  for (const auto& remedy : arm.remedies)
    out["remedies"].push_back(json_of(remedy));
  return out;
}

Result<ArmOutcome> outcome_of(const Json& value) {
  ArmOutcome out;
  Members members(value, "arms");
  ARS_TRY(members.read("label", out.label));
  ARS_TRY(members.read("seed", out.seed));
  ARS_TRY(members.read("weights_sha256", out.weights_sha256));
  ARS_TRY(members.read("rows", out.rows));
  ARS_TRY(members.read("test_rows", out.test_rows));
  ARS_TRY(members.read("steps", out.steps));
  ARS_TRY(members.read("parameters", out.parameters));
  ARS_TRY(members.read("bytes", out.bytes));
  ARS_TRY(members.read("cost", out.cost));
  ARS_TRY(const Json* metrics, members.list("metrics", 1024));
  for (const Json& item : *metrics) {
    ARS_TRY(auto metric, metric_of(item));
    out.metrics.push_back(std::move(metric));
  }
  ARS_TRY(const Json* users, members.list("user_metric", limits::train_rows_max));
  for (const Json& item : *users) {
    if (!item.is_number()) return fail(Errc::invalid, "arms.user_metric: expected numbers");
    out.user_metric.push_back(item.get<double>());
  }
  ARS_TRY(const Json* remedies, members.list("remedies", limits::remedies_max));
  for (const Json& item : *remedies) {
    ARS_TRY(auto remedy, remedy_of(item));
    out.remedies.push_back(std::move(remedy));
  }
  ARS_TRY(members.finish());
  return out;
}

}  // namespace

std::string weights_file(std::size_t arm) { return fmt::format("arm-{}.weights", arm); }

std::string print_job(const TrainJob& job) {
  Json out = {{"job", job.job},
              {"columns", json_of(job.columns)},
              {"rows_sha256", to_hex(job.rows_sha256)},
              {"test_share", job.test_share},
              {"threads", job.threads},
              {"arms", Json::array()}};
  for (const TrainArm& arm : job.arms)
    out["arms"].push_back(json_of(arm));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TrainJob> parse_job(std::string_view text) {
  ARS_TRY(const Json root, parsed(text, "job"));
  TrainJob job;
  Members members(root, "job");
  ARS_TRY(members.read("job", job.job));
  ARS_TRY(members.read("rows_sha256", job.rows_sha256));
  ARS_TRY(members.read("test_share", job.test_share));
  ARS_TRY(members.read("threads", job.threads));
  ARS_TRY(const Json* columns, members.member("columns"));
  ARS_TRY(job.columns, columns_of(*columns));
  ARS_TRY(const Json* arms, members.list("arms", limits::arms_max));
  for (const Json& item : *arms) {
    ARS_TRY(auto arm, arm_of(item));
    job.arms.push_back(std::move(arm));
  }
  ARS_TRY(members.finish());
  if (job.threads == 0 || job.threads > limits::trainer_threads_max) {
    return fail(Errc::invalid,
                fmt::format("job.threads: expected 1 to {}", limits::trainer_threads_max));
  }
  return job;
}

std::string print_result(const TrainJobResult& result) {
  Json out = {{"job", result.job},
              {"failure", result.failure},
              {"users", result.users},
              {"arms", Json::array()}};
  for (const ArmOutcome& arm : result.arms)
    out["arms"].push_back(json_of(arm));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TrainJobResult> parse_result(std::string_view text) {
  ARS_TRY(const Json root, parsed(text, "result"));
  TrainJobResult result;
  Members members(root, "result");
  ARS_TRY(members.read("job", result.job));
  ARS_TRY(members.read("failure", result.failure));
  ARS_TRY(const Json* users, members.list("users", limits::train_rows_max));
  for (const Json& item : *users) {
    if (!item.is_number_unsigned()) return fail(Errc::invalid, "result.users: expected numbers");
    result.users.push_back(item.get<std::uint64_t>());
  }
  ARS_TRY(const Json* arms, members.list("arms", limits::arms_max));
  for (const Json& item : *arms) {
    ARS_TRY(auto arm, outcome_of(item));
    if (arm.user_metric.size() != result.users.size()) {
      return fail(Errc::invalid, "result: an arm has another number of users");
    }
    result.arms.push_back(std::move(arm));
  }
  ARS_TRY(members.finish());
  return result;
}

std::string print_report(const TrainReport& report) {
  Json out = {{"arm", report.arm}};
  if (report.step) {
    out["step"] = report.step->step;
    out["loss"] = report.step->loss;
    out["gradient_norm"] = report.step->gradient_norm;
  }
  if (report.remedy) out["remedy"] = json_of(*report.remedy);
  if (!report.heartbeat.empty()) out["heartbeat"] = report.heartbeat;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TrainReport> parse_report(std::string_view line) {
  ARS_TRY(const Json root, parsed(line, "report"));
  TrainReport report;
  Members members(root, "report");
  ARS_TRY(members.read("arm", report.arm));
  if (root.contains("step")) {
    TrainStep step;
    ARS_TRY(members.read("step", step.step));
    ARS_TRY(members.read("loss", step.loss));
    ARS_TRY(members.read("gradient_norm", step.gradient_norm));
    report.step = step;
  }
  if (root.contains("remedy")) {
    ARS_TRY(const Json* remedy, members.member("remedy"));
    ARS_TRY(report.remedy, remedy_of(*remedy));
  }
  if (root.contains("heartbeat")) {
    ARS_TRY(members.read("heartbeat", report.heartbeat));
  }
  ARS_TRY(members.finish());
  return report;
}

}  // namespace ars::model

#include "actors/evolution/autotrain/ranker_space.hpp"

#include "actors/limits.hpp"
#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "model/features/feature_catalog.hpp"
#include "model/ir/canonical.hpp"
#include "model/ir/zoo.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ars::actors {
namespace {

enum Dimension : std::size_t {
  family = 0,
  dim = 1,
  learning_rate = 2,
  weight_decay = 3,
  epochs = 4
};
constexpr std::array<std::string_view, 4> families = {"lr", "deepfm", "sasrec", "wide_deepfm"};

std::size_t index_of(const model::Point& point, Dimension d) {
  return truncate<std::size_t>(point.at(d) + 0.5);
}

model::zoo::FeatureNames columns_of(const std::vector<std::string>& features) {
  model::zoo::FeatureNames out;
  for (const auto& name : features) {
    const auto column = model::feature_column(name);
    ARS_CHECK(column.has_value(), "feature {} is not in the catalogue", name);
    (column->kind == model::FeatureKind::dense ? out.dense : out.ids).push_back(name);
  }
  return out;
}

model::Graph program(std::string_view name, std::uint32_t size,
                     const std::vector<std::string>& features) {
  const auto columns = columns_of(features);
  if (name == "lr") return model::zoo::logistic_regression(columns);
  if (name == "sasrec") {
    model::zoo::SasRecOptions options;
    options.dim = size * 2;
    return model::zoo::sasrec(columns, options);
  }
  model::zoo::DeepFmOptions options;
  options.dim = size;
  options.hidden = {32, 16};
  options.wide = name == "wide_deepfm";
  return model::zoo::deep_fm(columns, options);
}

}  // namespace

const model::Space& ranker_space() {
  using model::Parameter;
  using model::ParameterKind;
  using model::Scale;
  static const model::Space space{{
      Parameter{"family",
                ParameterKind::categorical,
                0,
                0,
                Scale::linear,
                0,
                {families.begin(), families.end()}},
      Parameter{"dim", ParameterKind::whole, 4, 16, Scale::linear, 4, {}},
      Parameter{"learning_rate", ParameterKind::real, 0.001, 0.05, Scale::log, 0, {}},
      Parameter{"weight_decay", ParameterKind::real, 1e-7, 1e-3, Scale::log, 0, {}},
      Parameter{"epochs", ParameterKind::whole, 1, 6, Scale::linear, 1, {}},
  }};
  return space;
}

model::Point default_ranker_point() { return {1, 8, 0.01, 1e-6, 3}; }

model::Point choice_ranker_point() { return {3, 8, 0.01, 1e-6, 3}; }

events::RankerSetting ranker_at(const model::Point& point,
                                const std::vector<std::string>& features) {
  const auto graph = program(families.at(index_of(point, family)),
                             narrow<std::uint32_t>(index_of(point, dim)), features);
  const auto text = model::canonical_json(graph);
  const auto genome = model::genome_of(graph);
  ARS_CHECK(text.has_value() && genome.has_value(), "an architecture of the zoo is not canonical");
  events::RankerSetting out;
  out.architecture = text.value();
  out.genome = genome.value();
  out.features = features;
  out.learning_rate = point.at(learning_rate);
  out.weight_decay = point.at(weight_decay);
  out.epochs = narrow<std::uint32_t>(index_of(point, epochs));
  out.point = point;
  return out;
}

events::RankerSetting with_features(const events::RankerSetting& ranker,
                                    const std::vector<std::string>& features) {
  return ranker_at(ranker.point, features);
}

events::RankerSetting with_point_of_settings(events::RankerSetting ranker) {
  ARS_CHECK(ranker.point.size() == ranker_space().parameters.size(), "a ranker of another space");
  ranker.point[learning_rate] = ranker.learning_rate;
  ranker.point[weight_decay] = ranker.weight_decay;
  ranker.point[epochs] = to_double(ranker.epochs);
  return ranker;
}

bool is_stale(const events::RankerSetting& ranker, std::uint64_t interactions,
              std::uint64_t checkpoint_every) {
  return interactions >= ranker.trained_until + limits::stale_after_checkpoints * checkpoint_every;
}

std::string describe_point(const model::Point& point) {
  return fmt::format("{} of size {}, learning rate {:.4f}, weight decay {:.1e}, {} epoch(s)",
                     families.at(index_of(point, family)), index_of(point, dim),
                     point.at(learning_rate), point.at(weight_decay), index_of(point, epochs));
}

}  // namespace ars::actors

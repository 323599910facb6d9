// Runs one recall source by its name, for the tests of sources. One thread.
#pragma once

#include "actors/decision/recall/sources/catalog.hpp"
#include "test/model/retrieval/sample_views.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace ars::model::sample {

inline RecallResult recalled(std::string_view source, const events::RequestRouted& request,
                             const ViewSet& views, std::uint32_t quota = 100,
                             double half_life_s = 0) {
  events::RecallSetting setting;
  setting.source = source;
  setting.quota = quota;
  setting.half_life_s = half_life_s;
  const auto& all = actors::recall_sources;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == source; });
  BOOST_REQUIRE(found != all.end());
  return found->recall({request, views, setting});
}

}  // namespace ars::model::sample

// Small invented data sets in the published forms, from a seed. Pure; any thread.
#pragma once

#include "events/base/prng.hpp"
#include "test/support/real_binary.hpp"

#include <fmt/format.h>

namespace ars::test {

struct SampleRating {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::uint32_t stars = 0;
  std::uint32_t seconds = 0;
};

inline std::vector<SampleRating> sample_ratings(std::size_t rows, std::uint64_t seed) {
  Philox draws(seed, 1);
  std::vector<SampleRating> out;
  for (std::uint32_t i = 0; i < rows; ++i) {
    out.push_back({static_cast<std::uint32_t>(1 + draws.below(12)),
                   static_cast<std::uint32_t>(1 + draws.below(20)),
                   static_cast<std::uint32_t>(1 + draws.below(5)), 1'000'000 + 60 * i});
  }
  return out;
}

// `between` stands between the columns, `line_end` behind each row.
inline std::string rating_rows(const std::vector<SampleRating>& rows, const std::string& between,
                               const std::string& line_end) {
  std::string out;
  for (const auto& row : rows) {
    out += fmt::format("{1}{0}{2}{0}{3}{0}{4}{5}", between, row.user, row.item, row.stars,
                       row.seconds, line_end);
  }
  return out;
}

inline constexpr const char* ratings_header = "userId,movieId,rating,timestamp";

inline std::string movies_csv(const std::string& line_end) {
  std::string out = "movieId,title,genres" + line_end;
  for (int i = 1; i <= 20; ++i) {
    out += fmt::format("{0},\"Film {0}, The \"\"Best\"\" (19{1})\",{2}{3}", i, 70 + i,
                       i % 2 == 0 ? "Drama|Comedy" : "(no genres listed)", line_end);
  }
  return out;
}

inline void write_movielens_csv(const std::string& directory, std::size_t rows,
                                std::uint64_t seed) {
  write_text(directory + "/movies.csv", movies_csv("\n"));
  write_text(directory + "/ratings.csv", std::string(ratings_header) + "\n" +
                                             rating_rows(sample_ratings(rows, seed), ",", "\n"));
}

// One campaign of one policy: `items` items, each row with its true propensity under a uniform
// policy.
inline void write_bandit(const std::string& directory, const std::string& policy,
                         const std::string& campaign, std::size_t rows, std::uint32_t items,
                         std::uint64_t seed) {
  const auto folder = directory + "/" + policy + "/" + campaign;
  std::string context = ",item_id,item_feature_0,item_feature_1,item_feature_2,item_feature_3\n";
  std::string log =
      ",timestamp,item_id,position,click,propensity_score,user_feature_0,"
      "user_feature_1,user_feature_2,user_feature_3";
  for (std::uint32_t i = 0; i < items; ++i) {
    context += fmt::format("{0},{0},{1},a{2},b,c\n", i, 0.25 * i, i % 3);
    log += fmt::format(",user-item_affinity_{}", i);
  }
  log += "\n";
  Philox draws(seed, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    log += fmt::format("{},2019-11-24 {:02}:{:02}:{:02}.000001+00:00,{},{},{},{},u{},v,w,x", i,
                       i / 3600, i / 60 % 60, i % 60, draws.below(items), 1 + draws.below(3),
                       draws.below(10) == 0 ? 1 : 0, 1.0 / items, draws.below(5));
    for (std::uint32_t k = 0; k < items; ++k)
      log += k == i % items ? ",1.0" : ",0.0";
    log += "\n";
  }
  write_text(folder + "/item_context.csv", context);
  write_text(folder + "/" + campaign + ".csv", log);
}

}  // namespace ars::test

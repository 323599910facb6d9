#include "model/formats/movielens.hpp"

#include "events/base/narrow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace ars::model {
namespace {

// Times from 2100 on are milliseconds or nonsense.
constexpr std::uint64_t seconds_max = 4'102'444'799;
constexpr std::string_view no_genres = "(no genres listed)";
constexpr std::array<std::string_view, 19> u_item_genres = {
    "unknown",     "Action", "Adventure", "Animation", "Children's", "Comedy",  "Crime",
    "Documentary", "Drama",  "Fantasy",   "Film-Noir", "Horror",     "Musical", "Mystery",
    "Romance",     "Sci-Fi", "Thriller",  "War",       "Western"};
constexpr std::size_t u_item_columns = 5 + u_item_genres.size();

struct FormFiles {
  MovieLensForm form;
  std::string_view ratings;
  std::string_view items;
};
constexpr std::array<FormFiles, 3> forms = {
    FormFiles{MovieLensForm::csv, "ratings.csv", "movies.csv"},
    FormFiles{MovieLensForm::dat, "ratings.dat", "movies.dat"},
    FormFiles{MovieLensForm::u_data, "u.data", "u.item"}};

using Columns = std::vector<std::string_view>;
// Where user (or item id), item (or title), rating (or genres), time stand in a row.
using Places = std::vector<std::size_t>;

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// Titles end in "(1995)", some with blanks after it, some with a range.
std::uint32_t year_in(std::string_view title) {
  const auto open = title.rfind('(');
  if (open == std::string_view::npos || title.size() < open + 5) return 0;
  const auto year = parse_whole(title.substr(open + 1, 4));
  return year && *year >= 1850 && *year <= 2150 ? narrow<std::uint32_t>(*year) : 0;
}

std::vector<std::string> split_genres(std::string_view text) {
  std::vector<std::string> genres;
  if (text.empty() || text == no_genres) return genres;
  Columns parts;
  std::string scratch;
  if (split_columns(Separation::bar, text, scratch, parts)) return genres;
  for (const auto part : parts) {
    if (!part.empty()) genres.emplace_back(part);
  }
  return genres;
}

// An id as the source writes it: "01" and "1" are two ids.
std::optional<std::string> wrong_id(std::string_view name, std::string_view id) {
  if (id.find_first_not_of(" \t") == std::string_view::npos) {
    return fmt::format("{} is missing", name);
  }
  const auto control = [](char c) { return c >= 0 && c < ' '; };
  if (std::any_of(id.begin(), id.end(), control)) {
    return fmt::format("{} holds a control character", name);
  }
  return std::nullopt;
}

std::optional<std::string> wrong_count(const Columns& columns, std::size_t expected) {
  if (columns.size() == expected) return std::nullopt;
  return fmt::format("{} columns where {} are expected", columns.size(), expected);
}

RowFormat row_format(MovieLensForm form, Separation of_u_file) {
  switch (form) {
    case MovieLensForm::csv:
      return {Separation::csv, Encoding::utf8};
    case MovieLensForm::dat:
      return {Separation::double_colon, Encoding::latin1_fallback};
    case MovieLensForm::u_data:
      return {of_u_file, Encoding::latin1_fallback};
  }
  return {};
}

std::optional<std::string> take_u_item(const Columns& columns, MovieLensItem& item) {
  item.title = columns[1];
  item.year = year_in(item.title);
  const auto date = columns[2];
  if (item.year == 0 && date.size() == 11) {
    item.year = narrow<std::uint32_t>(parse_whole(date.substr(7)).value_or(0));
  }
  for (std::size_t i = 0; i < u_item_genres.size(); ++i) {
    const auto flag = columns[5 + i];
    if (flag != "0" && flag != "1") {
      return fmt::format("flag of genre {} is '{}', not 0 or 1", u_item_genres[i], flag);
    }
    if (flag == "1" && i > 0) item.genres.emplace_back(u_item_genres[i]);
  }
  return std::nullopt;
}

std::optional<std::string> take_item(const Columns& columns, const Places& places,
                                     MovieLensForm form, MovieLensItem& item) {
  if (auto wrong = wrong_id("item id", columns[places[0]])) return wrong;
  item.id = columns[places[0]];
  if (form == MovieLensForm::u_data) return take_u_item(columns, item);
  item.title = columns[places[1]];
  item.year = year_in(item.title);
  item.genres = split_genres(columns[places[2]]);
  return std::nullopt;
}

std::optional<std::string> take_half_stars(std::string_view text, MovieLensForm form,
                                           std::uint8_t& half_stars) {
  const auto rating = parse_decimal(text);
  if (!rating) return fmt::format("rating '{}' is not a number", excerpt(text));
  const double low = form == MovieLensForm::u_data ? 1.0 : 0.5;
  if (!(*rating >= low && *rating <= 5.0)) {
    return fmt::format("rating {} is outside {}..5", *rating, low);
  }
  const double steps = form == MovieLensForm::u_data ? 1.0 : 2.0;
  if (*rating * steps != static_cast<double>(truncate<int>(*rating * steps))) {
    return fmt::format("rating {} is not a multiple of {}", *rating, 1.0 / steps);
  }
  half_stars = truncate<std::uint8_t>(*rating * 2.0);
  return std::nullopt;
}

std::optional<std::string> take_seconds(std::string_view text, std::uint32_t& seconds) {
  const auto value = parse_whole(text);
  if (!value) return fmt::format("time '{}' is not a whole number of seconds", excerpt(text));
  if (*value > seconds_max) {
    return fmt::format("time {} is outside 0..{} unix seconds", *value, seconds_max);
  }
  seconds = narrow<std::uint32_t>(*value);
  return std::nullopt;
}

// Everything about a rating row but its ids.
std::optional<std::string> take_rating(const Columns& columns, const Places& places,
                                       MovieLensForm form, MovieLensRating& row) {
  if (auto wrong = wrong_id("user id", columns[places[0]])) return wrong;
  if (auto wrong = wrong_id("item id", columns[places[1]])) return wrong;
  if (auto wrong = take_half_stars(columns[places[2]], form, row.half_stars)) return wrong;
  return take_seconds(columns[places[3]], row.seconds);
}

// Turns the ids into numbers. An empty `item_file`: there is none, items are known as they come.
std::optional<std::string> take_ids(const Columns& columns, const Places& places,
                                    const std::string& item_file, MovieLensRatings& out,
                                    MovieLensRating& row) {
  const auto item = columns[places[1]];
  if (item_file.empty()) {
    row.item = out.items.intern(item);
  } else if (const auto known = out.items.find(item)) {
    row.item = *known;
  } else {
    return fmt::format("item {} is not listed in {}", excerpt(item), item_file);
  }
  const auto user = columns[places[0]];
  // Most forms are sorted by user: the last one is likely this one.
  const bool same = !out.rows.empty() && out.users.text(out.rows.back().user) == user;
  row.user = same ? out.rows.back().user : out.users.intern(user);
  return std::nullopt;
}

}  // namespace

Result<MovieLensFiles> find_movielens(const std::string& directory) {
  std::error_code error;
  if (!exists(directory)) {
    return fail(Errc::not_found, fmt::format("{}: no such directory", directory));
  }
  if (!std::filesystem::is_directory(directory, error)) {
    return fail(Errc::invalid, fmt::format("{}: not a directory", directory));
  }
  for (const auto& form : forms) {
    if (!exists(fmt::format("{}/{}", directory, form.ratings))) continue;
    const bool items = exists(fmt::format("{}/{}", directory, form.items));
    return MovieLensFiles{directory, form.form, std::string(form.ratings),
                          items ? std::string(form.items) : std::string()};
  }
  return fail(Errc::invalid,
              fmt::format("{}: no MovieLens data; looked for ratings.csv (latest, 20M, "
                          "25M, 32M), ratings.dat (1M, 10M) and u.data (100K)",
                          directory));
}

Result<MovieLensItems> read_items(const MovieLensFiles& files) {
  MovieLensItems out;
  if (files.items.empty()) return out;
  ARS_TRY(auto rows,
          RowReader::open(files.directory, files.items, row_format(files.form, Separation::bar)));
  Places places = {0, 1, 2};
  std::size_t expected = files.form == MovieLensForm::u_data ? u_item_columns : places.size();
  if (files.form == MovieLensForm::csv) {
    ARS_TRY(places, rows.header({"movieId", "title", "genres"}));
    expected = rows.header_columns();
  }
  Columns columns;
  Interner seen;
  while (rows.next(columns)) {
    MovieLensItem item;
    item.line = rows.line();
    auto wrong = wrong_count(columns, expected);
    if (!wrong) wrong = take_item(columns, places, files.form, item);
    if (!wrong && seen.find(item.id)) {
      wrong = fmt::format("item {} is listed twice, first on line {}", excerpt(item.id),
                          out.items[*seen.find(item.id)].line);
    }
    if (wrong) {
      rows.reject(std::move(*wrong));
      continue;
    }
    seen.intern(item.id);
    out.items.push_back(std::move(item));
  }
  ARS_TRY(auto digest, rows.finish());
  out.files.push_back(std::move(digest));
  out.bad_rows = rows.take_bad_rows();
  return out;
}

Result<MovieLensRatings> read_ratings(const MovieLensFiles& files, const MovieLensItems& items) {
  ARS_TRY(auto rows,
          RowReader::open(files.directory, files.ratings, row_format(files.form, Separation::tab)));
  Places places = {0, 1, 2, 3};
  std::size_t expected = places.size();
  if (files.form == MovieLensForm::csv) {
    ARS_TRY(places, rows.header({"userId", "movieId", "rating", "timestamp"}));
    expected = rows.header_columns();
  }
  MovieLensRatings out;
  for (const auto& item : items.items)
    out.items.intern(item.id);
  Columns columns;
  while (rows.next(columns)) {
    MovieLensRating row;
    auto wrong = wrong_count(columns, expected);
    if (!wrong) wrong = take_rating(columns, places, files.form, row);
    if (!wrong) wrong = take_ids(columns, places, files.items, out, row);
    if (wrong) {
      rows.reject(std::move(*wrong));
      continue;
    }
    row.line = narrow<std::uint32_t>(rows.line());
    out.rows.push_back(row);
  }
  ARS_TRY(auto digest, rows.finish());
  out.files.push_back(std::move(digest));
  out.bad_rows = rows.take_bad_rows();
  // The line breaks ties, so no stable sort with its second buffer is needed.
  std::sort(out.rows.begin(), out.rows.end(), [](const auto& a, const auto& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.line < b.line;
  });
  return out;
}

Bytes32 data_hash(const MovieLensItems& items, const MovieLensRatings& ratings) {
  auto files = items.files;
  files.insert(files.end(), ratings.files.begin(), ratings.files.end());
  return data_hash(files);
}

}  // namespace ars::model

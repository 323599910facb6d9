// MovieLens in each form it is published in, told apart by looking: ratings.csv and movies.csv
// (latest, 20M, 25M, 32M), ratings.dat and movies.dat with `::` (1M, 10M), u.data and u.item
// (100K). Rows come back in time order, equal times in file order; what cannot be read comes back
// with file, line and reason. Pure functions over files that are not changed meanwhile; any thread.
#pragma once

#include "events/base/result.hpp"
#include "model/formats/interner.hpp"
#include "model/formats/row_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

enum class MovieLensForm : std::uint8_t { csv, dat, u_data };

// What lies in a directory.
struct MovieLensFiles {
  std::string directory;
  MovieLensForm form = MovieLensForm::csv;
  std::string ratings;  // file name
  std::string items;    // file name; empty: the form's item file is absent
};

struct MovieLensItem {
  std::string id;
  std::string title;
  std::vector<std::string> genres;  // empty where none is listed
  std::uint32_t year = 0;           // of release, from the title or the release date; 0: unknown
  std::uint64_t line = 0;
};

struct MovieLensItems {
  std::vector<MovieLensItem> items;  // in file order; empty without an item file
  std::vector<BadRow> bad_rows;
  std::vector<FileDigest> files;
};

// One rating. Compact, because there may be tens of millions.
struct MovieLensRating {
  std::uint32_t seconds = 0;  // unix time
  std::uint32_t user = 0;     // number in MovieLensRatings::users
  std::uint32_t item = 0;     // number in MovieLensRatings::items
  std::uint32_t line = 0;     // in the rating file, from 1
  std::uint8_t half_stars = 0;
  float rating() const { return static_cast<float>(half_stars) * 0.5f; }
  friend bool operator==(const MovieLensRating&, const MovieLensRating&) = default;
};

struct MovieLensRatings {
  std::vector<MovieLensRating> rows;
  Interner users;  // numbered in file order
  Interner items;  // first those of the item file, in its order
  std::vector<BadRow> bad_rows;
  std::vector<FileDigest> files;
};

// Looks which form the directory holds. Errc::not_found: no such path; Errc::invalid: not a
// directory, or none of the forms (the context lists what was looked for).
Result<MovieLensFiles> find_movielens(const std::string& directory);
// Errc::invalid: a header lacks a column, or not one row is readable; the context names file and
// column.
Result<MovieLensItems> read_items(const MovieLensFiles& files);
// With an item file, a rating of an item that it does not list is a bad row. Errc as read_items.
Result<MovieLensRatings> read_ratings(const MovieLensFiles& files, const MovieLensItems& items);
// SHA-256 over all files that were read.
Bytes32 data_hash(const MovieLensItems& items, const MovieLensRatings& ratings);

}  // namespace ars::model

// Every published form of outside data, and what a user can get wrong with it, through the binary.
#include "test/support/sample_data.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

namespace {

Ended run(const Folder& folder, const std::string& source, const std::string& log) {
  return run_ars(folder, fmt::format("run --source {} --lockstep --seed 7 -q -o json "
                                     "--log-dir {}",
                                     source, folder / log));
}

std::string u_item_rows() {
  std::string out;
  for (int i = 1; i <= 20; ++i) {
    out += fmt::format("{}|Am\xE9lie {} (1995)|01-Jan-1995||http://x|0|1", i, i);
    for (int k = 2; k < 19; ++k)
      out += "|0";
    out += "\n";
  }
  return out;
}

std::string dat_movies() {
  std::string out;
  for (int i = 1; i <= 20; ++i)
    out += fmt::format("{}::L\xE9on {} (1994)::Crime|Drama\n", i, i);
  return out;
}

struct Form {
  std::string name;
  std::vector<std::pair<std::string, std::string>> files;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_input)

BOOST_AUTO_TEST_CASE(each_movielens_form_gives_the_same_run) {
  const Folder folder;
  const auto rows = sample_ratings(60, 11);
  const auto csv = [&](const std::string& end) {
    return ratings_header + end + rating_rows(rows, ",", end);
  };
  const std::vector<Form> forms{
      {"lf", {{"movies.csv", movies_csv("\n")}, {"ratings.csv", csv("\n")}}},
      {"crlf", {{"movies.csv", movies_csv("\r\n")}, {"ratings.csv", csv("\r\n")}}},
      {"bom",
       {{"movies.csv", "\xEF\xBB\xBF" + movies_csv("\r\n")},
        {"ratings.csv", "\xEF\xBB\xBF" + csv("\n")}}},
      {"dat", {{"movies.dat", dat_movies()}, {"ratings.dat", rating_rows(rows, "::", "\n")}}},
      {"u", {{"u.item", u_item_rows()}, {"u.data", rating_rows(rows, "\t", "\n")}}},
      {"alone", {{"ratings.csv", csv("\n")}}},
      {"alone_dat", {{"ratings.dat", rating_rows(rows, "::", "\r\n")}}},
      {"alone_u", {{"u.data", rating_rows(rows, "\t", "\n")}}}};
  for (const auto& form : forms) {
    for (const auto& [file, text] : form.files)
      write_text((folder / form.name) + "/" + file, text);

    const auto ended = run(folder, "movielens:" + (folder / form.name), form.name + ".log");

    BOOST_TEST(ended.code == 0, form.name << ": " << ended.err);
    BOOST_TEST(field(ended.out, "interactions") == "60", form.name);
    BOOST_TEST(field(ended.out, "quarantined") == "0", form.name);
    BOOST_TEST(field(ended.out, "requests") == "60", form.name);
    BOOST_TEST(field(ended.out, "log_head").size() == 66u, form.name);
  }
}

BOOST_AUTO_TEST_CASE(bad_rows_of_every_kind_are_quarantined_and_shown) {
  const Folder folder;
  const auto data = folder / "data";
  auto rows = std::string(ratings_header) + "\n" + rating_rows(sample_ratings(40, 12), ",", "\n");
  const std::vector<std::string> bad{"1,1,nine,100",
                                     "1,1,9,100",
                                     "1,1,3,noon",
                                     "1,1,3,-7",
                                     ",1,3,100",
                                     "1,,3,100",
                                     "1,99,3,100",
                                     "1,1,3",
                                     "1,1,3,100,5",
                                     "1,1,1e999,100",
                                     "1,1,3,5000000000",
                                     "1,1,\"3,100",
                                     std::string("1\0,1,3,100", 10),
                                     "\xFF\xFE,1,3,100"};
  for (const auto& row : bad)
    rows += row + "\n";
  rows += "1,1,3," + std::string(10'000'000, '1') + "\n";
  rows += "2,2,4,2000000\n";
  write_text(data + "/ratings.csv", rows);
  write_text(data + "/movies.csv", movies_csv("\n"));
  const auto line = fmt::format(
      "run --source movielens:{} --lockstep --seed 7 -q --report {} "
      "--log-dir {}",
      data, folder / "page.html", folder / "log");

  const auto text = run_ars(folder, line);
  const auto json = run(folder, "movielens:" + data, "log");
  const auto list = "events list --type ars.input.quarantined --limit 0 -o jsonl --log-dir ";
  const auto events = run_ars(folder, list + (folder / "log"));

  BOOST_TEST(text.code == 0, text.err);
  BOOST_TEST(field(json.out, "quarantined") == std::to_string(bad.size() + 1));
  BOOST_TEST(field(json.out, "interactions") == "41");
  BOOST_TEST(text.out.find("ratings.csv:42: rating 'nine' is not a number") != std::string::npos,
             text.out);
  BOOST_TEST(std::count(events.out.begin(), events.out.end(), '\n') ==
             static_cast<long>(bad.size() + 1));
  const auto page = text_of(folder / "page.html");
  for (const auto* part : {"ratings.csv", "is outside 0.5..5", "the line is longer than",
                           "item 99 is not listed in movies.csv"}) {
    BOOST_TEST(page.find(part) != std::string::npos, part);
  }
}

BOOST_AUTO_TEST_CASE(data_that_cannot_be_read_says_what_where_and_what_to_do) {
  const Folder folder;
  struct Case {
    std::string file;
    std::string text;
    std::string says;
  };
  const std::string header = std::string(ratings_header) + "\n";
  const std::vector<Case> cases{
      {"ratings.csv", "", "ratings.csv: the file is empty"},
      {"ratings.csv", header, "ratings.csv: not one readable row; it has no rows"},
      {"ratings.csv", header + "1,1,x,5\n", "line 2: rating 'x' is not a number"},
      {"ratings.csv", "userId,movieId,stars,timestamp\n1,1,3,5\n", "no column 'rating'"},
      {"ratings.csv", "\xEF\xBB\xBFuserId,movieId,rating\n1,1,3\n", "no column 'timestamp'"},
      {"ratings.dat", "1,1,3,5\n", "1 columns where 4 are expected"},
      {"u.data", "\n\n", "u.data: not one readable row"},
      {"notes.txt", "nothing", "looked for ratings.csv"}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto data = folder / fmt::format("data-{}", i);
    write_text(data + "/" + cases[i].file, cases[i].text);

    const auto ended = run(folder, "movielens:" + data, fmt::format("log-{}", i));

    BOOST_TEST(ended.code == 2, cases[i].says << ": " << ended.err);
    BOOST_TEST(ended.err.find(cases[i].says) != std::string::npos, ended.err);
    BOOST_TEST(ended.out.empty());
    BOOST_TEST(!fs::exists(folder / fmt::format("log-{}", i)));
  }
}

BOOST_AUTO_TEST_CASE(bandit_campaigns_are_valued_over_their_own_items_alone) {
  const Folder folder;
  const auto data = folder / "obd";
  write_bandit(data, "random", "men", 300, 5, 21);
  write_bandit(data, "random", "women", 200, 8, 22);
  write_bandit(data, "bts", "men", 50, 5, 23);

  const auto ended = run(folder, "obd:" + data, "log");

  BOOST_TEST(ended.code == 0, ended.err);
  BOOST_TEST(field(ended.out, "interactions") == "550");
  const auto campaigns = ended.out.find("\"campaigns\":");
  BOOST_REQUIRE(campaigns != std::string::npos);
  const auto women = ended.out.find("\"women\":", campaigns);
  BOOST_REQUIRE(women != std::string::npos);
  BOOST_TEST(field(ended.out, "rows") == "500");
  BOOST_TEST(field(ended.out.substr(campaigns), "rows") == "300");
  BOOST_TEST(field(ended.out.substr(women), "rows") == "200");
  BOOST_TEST(field(ended.out.substr(women), "on_policy_reference") == "null");
  // Every item of the campaign and no other can be shown: the weights of uniformly logged rows then
  // average one. With standard deviations of about 2 and 2.5 three errors are 0.35 and 0.55.
  const auto mean = [](const std::string& json) { return std::stod(field(json, "weight_mean")); };
  BOOST_TEST(std::abs(mean(ended.out.substr(campaigns)) - 1) < 0.35);
  BOOST_TEST(std::abs(mean(ended.out.substr(women)) - 1) < 0.55);
}

BOOST_AUTO_TEST_CASE(bandit_data_in_parts_runs_or_says_what_is_missing) {
  const Folder folder;
  write_bandit(folder / "random-alone", "random", "men", 40, 4, 31);
  write_bandit(folder / "bts-alone", "bts", "men", 40, 4, 32);
  write_bandit(folder / "no-items", "random", "men", 40, 4, 33);
  fs::remove((folder / "no-items") + "/random/men/item_context.csv");
  write_bandit(folder / "no-column", "random", "men", 40, 4, 34);
  write_text((folder / "no-column") + "/random/men/men.csv", ",timestamp,item_id\n0,x,1\n");

  const auto random = run(folder, "obd:" + (folder / "random-alone"), "a");
  const auto logged = run(folder, "obd:" + (folder / "bts-alone"), "b");
  const auto no_items = run(folder, "obd:" + (folder / "no-items"), "c");
  const auto no_column = run(folder, "obd:" + (folder / "no-column"), "d");

  BOOST_TEST(random.code == 0, random.err);
  BOOST_TEST(field(random.out, "on_policy_reference") == "null");
  BOOST_TEST(logged.code == 0, logged.err);
  BOOST_TEST(field(logged.out, "estimate") == "null", logged.out);
  BOOST_TEST(no_items.code == 2);
  BOOST_TEST(no_items.err.find("item_context.csv is missing") != std::string::npos, no_items.err);
  BOOST_TEST(no_column.code == 2);
  BOOST_TEST(no_column.err.find("no column 'position'") != std::string::npos, no_column.err);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_command_is_said_before_the_run) {
  const Folder folder;
  write_text(folder / "file", "no directory");
  const auto log = " --log-dir " + (folder / "log");
  struct Case {
    std::string line;
    int code;
    std::string says;
  };
  const std::vector<Case> cases{
      {"run --source sim --limit abc" + log, 2, "'abc' is not a whole number from 0 to"},
      {"run --source sim --limit -1" + log, 2, "'-1' is not a whole number"},
      {"run --source sim --limit 99999999999999999999" + log, 2, "is not a whole number"},
      {"run --source sim --seed -3" + log, 2, "'-3' is not a whole number"},
      {"run --source movielens:" + log, 2, "name a directory after the colon"},
      {"run --source movielens:/no/such/place" + log, 3, "--source movielens:DIR names the one"},
      {"run --source obd:/no/such/place" + log, 3, "/no/such/place: no such directory"},
      {"run --source sim --limit 16 --log-dir " + (folder / "file"), 2, "not a directory"},
      {"run --source sim --limit 16 --report /no/such/page.html" + log, 3, "there is no directory"},
      {"run --source sim --limit 16 --config /no/such.toml" + log, 3, "/no/such.toml"},
      {"run --source sim --lockstep --backend kafka" + log, 2, "embedded backend only"},
      {"run --source sim --limit 16 --log-dir /proc/no-log", 6, "cannot"}};
  for (const auto& each : cases) {
    const auto ended = run_ars(folder, each.line);

    BOOST_TEST(ended.code == each.code, each.line << ": " << ended.err);
    BOOST_TEST(ended.err.find(each.says) != std::string::npos, ended.err);
    BOOST_TEST(ended.out.empty());
  }
  BOOST_TEST(!fs::exists(folder / "log"));
}

BOOST_AUTO_TEST_SUITE_END()

// Damages the log of a real run, byte by byte and file by file, and asks for the proof again.
#include "store/rocksdb/verify_directory.hpp"
#include "test/support/sample_data.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <map>

using namespace ars;
using namespace ars::test;

namespace {

constexpr std::uint64_t seed = 77;

// Every data file below a log directory, its twin's included.
std::vector<fs::path> data_files(const std::string& log) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(log)) {
    const auto name = entry.path().filename().string();
    const bool is_note = name.starts_with("LOG") || name.starts_with("OPTIONS") || name == "LOCK";
    // The secret key is no part of the log: an auditor's copy has none.
    if (!entry.is_regular_file() || is_note || name == "key" || entry.file_size() == 0) continue;
    out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Size and modification time of everything below a directory.
std::map<std::string, std::pair<std::int64_t, std::int64_t>> listing(const std::string& log) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> out;
  for (const auto& entry : fs::recursive_directory_iterator(log)) {
    struct stat info {};
    ::stat(entry.path().c_str(), &info);
    out[entry.path().string()] = {info.st_size,
                                  info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  }
  return out;
}

void overwrite(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

struct SimLog {
  Folder folder;
  std::string path = folder / "log";
  SimLog() {
    const auto ended = run_ars(
        folder, "run --source sim --limit 160 --lockstep --seed 7 -q -o json --log-dir " + path);
    BOOST_REQUIRE_MESSAGE(ended.code == 0, ended.err);
  }
  Ended ask(const std::string& what) const {
    return run_ars(folder, what + " -o json --log-dir " + path);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(crash_damage)

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_of_any_file_is_proven_and_nothing_is_written, SimLog) {
  const auto files = data_files(path);
  Philox draws(seed, 1);
  BOOST_TEST_MESSAGE("seed " << seed << ", " << files.size() << " files");
  for (std::size_t i = 0; i < 320; ++i) {
    const auto& file = files[i % files.size()];
    const auto whole = text_of(file);
    auto bytes = whole;
    const auto at = draws.below(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1u << draws.below(8)));
    overwrite(file, bytes);
    const auto before = listing(path);
    const auto name = fs::relative(file, path).string();
    const bool of_twin = name.starts_with("frozen/");

    const auto own = store::verify_directory(path);
    const auto twin = store::verify_directory(path + "/frozen", "frozen/");

    BOOST_REQUIRE_MESSAGE(own.has_value() && twin.has_value(), name << " byte " << at);
    const auto& bad = of_twin ? twin.value() : own.value();
    BOOST_TEST(!bad.ok, name << " byte " << at);
    BOOST_TEST((of_twin ? own : twin).value().ok, name << " byte " << at);
    const auto offset = bad.bad_offset.value_or("");
    const std::string prefix = of_twin ? "frozen/" : "";
    BOOST_TEST(offset.starts_with(prefix), offset);
    BOOST_TEST(store::pointer_from_text(offset.substr(prefix.size())).has_value(), offset);
    BOOST_TEST(!bad.reason.empty());
    BOOST_TEST((listing(path) == before), name << " byte " << at);
    overwrite(file, whole);
  }
  BOOST_TEST(ask("audit verify").code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_lost_or_shortened_file_of_a_log_ends_every_proof_with_5, SimLog) {
  std::map<std::string, fs::path> one_of_each_kind;
  for (const auto& file : data_files(path)) {
    const auto name = file.filename().string();
    if (name == "IDENTITY" || name == "seal" || name.ends_with(".log")) continue;
    const auto kind = file.parent_path().string() + "/" + name.substr(0, name.find('-'));
    one_of_each_kind[name.ends_with(".sst") ? file.parent_path().string() : kind] = file;
  }
  BOOST_TEST(one_of_each_kind.size() == 8u);  // heads, CURRENT, manifest, a table; twice
  for (const auto& [kind, file] : one_of_each_kind) {
    const auto whole = text_of(file);
    for (const bool gone : {true, false}) {
      if (gone) {
        fs::remove(file);
      } else {
        overwrite(file, whole.substr(0, whole.size() / 2));
      }
      const auto what = fs::relative(file, path).string() + (gone ? " gone" : " cut");

      for (const auto* proof : {"audit verify", "replay fold", "replay reexec"}) {
        const auto ended = ask(proof);
        BOOST_TEST(ended.signal == 0, what << ", " << proof);
        BOOST_TEST(ended.code == 5, what << ", " << proof << ": " << ended.out << ended.err);
        BOOST_TEST(ended.out.starts_with("{"), what << ", " << proof << ": " << ended.out);
      }
      overwrite(file, whole);
    }
  }
  BOOST_TEST(ask("audit verify").code == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_log_verifies_and_its_cut_write_ahead_log_does_not) {
  const Folder folder;
  const auto log = folder / "log";
  {
    Process process(folder, "run --source sim --lockstep --seed 7 -q --log-dir " + log);
    while (!fs::exists(log + "/jobs/1-1") && !process.wait_for(1ms).has_value()) {
    }
    process.send(SIGKILL);
    process.wait();
  }
  BOOST_TEST(run_ars(folder, "audit verify --log-dir " + log).code == 0);
  fs::path newest;
  for (const auto& file : data_files(log + "/db")) {
    if (file.extension() == ".log") newest = file;
  }
  BOOST_REQUIRE(!newest.empty());
  const auto whole = text_of(newest);
  for (const auto share : {0.2, 0.5, 0.9}) {
    const auto size = static_cast<std::size_t>(share * static_cast<double>(whole.size()));
    overwrite(newest, whole.substr(0, size));

    const auto ended = run_ars(folder, "audit verify -o json --log-dir " + log);

    BOOST_TEST(ended.code == 5, share << ": " << ended.out << ended.err);
    BOOST_TEST(field(ended.out, "bad_offset").starts_with("\"evt/0/"), ended.out);
  }
  overwrite(newest, whole);
  BOOST_TEST(run_ars(folder, "audit verify --log-dir " + log).code == 0);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_not_made_yet_is_none) {
  const Folder folder;
  const auto log = folder / "log";
  const auto ran =
      run_ars(folder, "run --source sim --limit 32 --lockstep --seed 7 -q --log-dir " + log);
  BOOST_TEST(ran.code == 0, ran.err);
  // As a kill leaves it while the twin's first database is being made.
  fs::remove_all(log + "/frozen");
  fs::create_directories(log + "/frozen/db.creating");

  BOOST_TEST(run_ars(folder, "audit verify --log-dir " + log).code == 0);
  BOOST_TEST(run_ars(folder, "audit verify --log-dir " + log + "/frozen").code == 3);
  BOOST_TEST(run_ars(folder, "replay fold --log-dir " + log).code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

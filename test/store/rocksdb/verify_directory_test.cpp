#include "store/rocksdb/verify_directory.hpp"

#include "store/blob_store.hpp"
#include "test/store/rocksdb/log_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

using namespace ars;
using namespace ars::test;

namespace {

store::VerifyReport verified(const fs::path& directory) {
  return must(store::verify_directory(directory));
}

// A log filled and closed; or left as kill -9 leaves it, nothing flushed and no seal.
enum class Ending { closed, killed };
LogFiller made_log(const fs::path& directory, Ending ending, std::size_t batches) {
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(directory, cluster_of()));
  filler.fill(*log, batches);
  if (ending == Ending::closed) must(log->close());
  return filler;
}

// Family of each table file, as the seal of the log says.
std::map<std::string, std::string> families(const fs::path& directory) {
  std::map<std::string, std::string> out;
  std::istringstream seal(contents_of(directory / "seal"));
  std::string word, name, bytes, checksum, family, lowest, time;
  for (std::string line; std::getline(seal, line);) {
    std::istringstream words(line);
    words >> word >> name >> bytes >> checksum >> family >> lowest >> time;
    if (word == "file") out[fs::path(name).filename().string()] = family;
  }
  return out;
}

std::string log_key(const store::Pointer& at) {
  std::string key{static_cast<char>(at.stream.generation), static_cast<char>(at.stream.topic),
                  static_cast<char>(at.stream.partition >> 8),
                  static_cast<char>(at.stream.partition & 255)};
  for (int i = 7; i >= 0; --i)
    key.push_back(static_cast<char>(at.offset.value() >> (8 * i)));
  return key;
}

// The first record, by log time, that RocksDB cannot read from a damaged file; the first of all
// where it can read every one.
std::string first_unreadable(const fs::path& table, const LogFiller& filler) {
  const auto& all = filler.written();
  const Written* first = nullptr;
  const Written* lowest = &all.front();
  rocksdb::SstFileReader reader{rocksdb::Options()};
  const bool opened = reader.Open(table.string()).ok();
  for (const auto& record : all) {
    if (record.time_ns < lowest->time_ns) lowest = &record;
    bool readable = false;
    if (opened) {
      const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator({}));
      it->Seek(log_key(record.at));
      readable = it->Valid() && it->key() == rocksdb::Slice(log_key(record.at));
    }
    if (!readable && (first == nullptr || record.time_ns < first->time_ns)) first = &record;
  }
  return store::to_string((first == nullptr ? lowest : first)->at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_verify_directory)

BOOST_AUTO_TEST_CASE(sound_log_verifies_and_is_left_as_it_was) {
  for (const auto ending : {Ending::closed, Ending::killed}) {
    Scratch scratch;
    made_log(scratch / "log", ending, 60);
    const auto before = listing(scratch / "log");

    const auto report = verified(scratch / "log");

    BOOST_TEST(report.ok, report.reason);
    BOOST_TEST(report.events == 300u);
    BOOST_TEST(!report.bad_offset.has_value());
    BOOST_TEST(listing(scratch / "log") == before);
    auto log = must(store::RocksDbLog::open_read_only(scratch / "log"));
    BOOST_TEST((report.log_head == store::log_head(log->heads())));
    log.reset();
    BOOST_TEST(listing(scratch / "log") == before);
  }
}

BOOST_AUTO_TEST_CASE(flipped_byte_in_a_log_table_names_the_first_unreadable_record) {
  Scratch scratch;
  const auto filler = made_log(scratch / "log", Ending::closed, 60);
  const auto owners = families(scratch / "log");
  std::size_t flips = 0;
  for (const auto& table : files_in(scratch / "log" / "db", ".sst")) {
    if (owners.at(table.filename().string()) != "log") continue;
    const auto size = fs::file_size(table);
    for (std::size_t at = 3; at < size; at += size / 150) {
      const Flip flip(table, at, static_cast<std::uint8_t>(1u << (at % 8)));

      const auto report = verified(scratch / "log");

      ++flips;
      BOOST_TEST(!report.ok, "byte " << at << " of " << table.filename());
      // The last bytes are the footer: RocksDB may ask for any memory there, so it is not asked.
      if (at + 60 > size) continue;
      BOOST_TEST(report.bad_offset.value_or("") == first_unreadable(table, filler),
                 "byte " << at << " of " << size << ": " << report.bad_offset.value_or(""));
      BOOST_TEST(report.reason.starts_with("family log: " + table.filename().string()),
                 report.reason);
    }
  }
  BOOST_TEST(flips >= 150u);
}

BOOST_AUTO_TEST_CASE(flipped_byte_anywhere_in_a_closed_log_is_noticed) {
  Scratch scratch;
  const auto filler = made_log(scratch / "log", Ending::closed, 40);
  const auto owners = families(scratch / "log");
  for (const auto& entry : fs::recursive_directory_iterator(scratch / "log")) {
    const auto name = entry.path().filename().string();
    const bool is_note = name.starts_with("LOG") || name.starts_with("OPTIONS") || name == "LOCK";
    if (!entry.is_regular_file() || is_note || name == "key") continue;
    const auto size = entry.file_size();
    for (std::size_t at = 0; at < size; at += std::max<std::size_t>(1, size / 40)) {
      const Flip flip(entry.path(), at);

      const auto report = verified(scratch / "log");

      BOOST_TEST(!report.ok, "byte " << at << " of " << name);
      BOOST_TEST(store::pointer_from_text(report.bad_offset.value_or("")).has_value());
      const auto owner = owners.contains(name) ? owners.at(name) : "-";
      if (owner == "-") continue;
      BOOST_TEST(report.reason.starts_with("family " + owner + ":"), report.reason);
      // An index file covers every record here; states and projections cover none that they name.
      const bool is_index = owner == "id" || owner == "corr";
      if (is_index) BOOST_TEST(*report.bad_offset == store::to_string(filler.first_of_batch(0)));
      if (owner == "st" || owner == "p.lineage") BOOST_TEST(*report.bad_offset == "evt/0/0");
    }
  }
}

BOOST_AUTO_TEST_CASE(flipped_byte_in_a_table_of_a_killed_log_is_named_without_a_seal) {
  Scratch scratch;
  auto filler = made_log(scratch / "log", Ending::closed, 40);
  const auto owners = families(scratch / "log");
  auto log = must(store::RocksDbLog::open(scratch / "log"));
  filler.fill(*log, 10);
  log.reset();
  BOOST_TEST(verified(scratch / "log").ok);
  std::set<std::string> seen;
  for (const auto& table : files_in(scratch / "log" / "db", ".sst")) {
    const auto owner = owners.at(table.filename().string());
    const auto size = fs::file_size(table);
    for (std::size_t at = 0; at < size; at += std::max<std::size_t>(1, size / 40)) {
      const Flip flip(table, at);

      const auto report = verified(scratch / "log");

      BOOST_TEST(!report.ok, "byte " << at << " of family " << owner);
      BOOST_TEST(report.reason.starts_with("family " + owner + ":"), report.reason);
      seen.insert(owner);
      // An index file covers every record that was flushed, also where it can no longer say so.
      if (owner == "id" || owner == "corr") {
        BOOST_TEST(*report.bad_offset == store::to_string(filler.first_of_batch(0)));
      }
    }
  }
  BOOST_TEST(seen.size() == 8u);  // log, four indexes, meta, st, p.lineage
}

BOOST_AUTO_TEST_CASE(flipped_byte_in_a_write_ahead_log_names_the_first_record_of_its_batch) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  std::vector<std::pair<std::size_t, std::size_t>> extents;  // of each batch in the file
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  for (std::size_t i = 0; i < 40; ++i) {
    const auto from = fs::file_size(wal);
    filler.one_batch(*log);
    extents.emplace_back(from, fs::file_size(wal));
  }
  log.reset();
  std::size_t checked = 0;
  for (std::size_t batch = 0; batch < extents.size(); ++batch) {
    const auto [from, until] = extents[batch];
    for (std::size_t at = from; at < until; at += 199) {
      const Flip flip(wal, at, static_cast<std::uint8_t>(1u << (at % 8)));

      const auto report = verified(scratch / "log");

      ++checked;
      BOOST_TEST(!report.ok, "byte " << at);
      BOOST_TEST(report.bad_offset.value_or("") == store::to_string(filler.first_of_batch(batch)),
                 "byte " << at << " of batch " << batch << ": " << report.bad_offset.value_or("")
                         << " " << report.reason);
    }
  }
  BOOST_TEST(checked > 500u);
}

BOOST_AUTO_TEST_CASE(padding_of_a_write_ahead_log_must_be_zero) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  constexpr std::size_t block = 32768;
  filler.one_batch(*log);
  const auto write_of = [&](std::size_t size) {
    const auto before = fs::file_size(wal);
    must(log->commit({{}, {{"st", "key", std::vector<std::uint8_t>(size, 1)}}}));
    return fs::file_size(wal) - before;
  };
  // A write that ends three bytes before the end of the block: no header fits there.
  const auto overhead = write_of(1000) - 1000;
  write_of(block - fs::file_size(wal) % block - overhead - 3);
  const auto padding = fs::file_size(wal);
  BOOST_REQUIRE(block - padding % block < 7);
  filler.one_batch(*log);
  log.reset();
  BOOST_TEST(verified(scratch / "log").ok);

  const Flip flip(wal, padding);
  const auto report = verified(scratch / "log");

  BOOST_TEST(!report.ok);
  BOOST_TEST(report.reason.find("padding") != std::string::npos, report.reason);
}

BOOST_AUTO_TEST_CASE(shortened_write_ahead_log_is_noticed_at_every_length) {
  Scratch scratch;
  LogFiller filler;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  const auto wal = files_in(scratch / "log" / "db", ".log").back();
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < 20; ++i) {
    filler.one_batch(*log);
    ends.push_back(fs::file_size(wal));
  }
  log.reset();
  const auto whole = contents_of(wal);
  for (std::size_t size = 0; size < whole.size(); size += 157) {
    overwrite(wal, whole.substr(0, size));

    const auto report = verified(scratch / "log");

    const auto batch =
        static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin());
    BOOST_TEST(!report.ok, size << " bytes");
    if (batch == 0) continue;  // nothing is left that tells which stream came first
    BOOST_TEST(report.bad_offset.value_or("") == store::to_string(filler.first_of_batch(batch)),
               size << " bytes: " << report.reason);
  }
}

BOOST_AUTO_TEST_CASE(missing_swapped_and_foreign_files_are_noticed) {
  Scratch scratch;
  made_log(scratch / "log", Ending::closed, 30);
  const auto owners = families(scratch / "log");
  const auto tables = files_in(scratch / "log" / "db", ".sst");
  for (const auto& table : tables) {
    const auto bytes = contents_of(table);
    fs::remove(table);
    const auto gone = verified(scratch / "log");
    BOOST_TEST(!gone.ok);
    BOOST_TEST(gone.reason.find("missing") != std::string::npos, gone.reason);
    overwrite(table, contents_of(table == tables[0] ? tables[1] : tables[0]));
    BOOST_TEST(!verified(scratch / "log").ok);
    overwrite(table, bytes.substr(0, bytes.size() / 2));
    BOOST_TEST(!verified(scratch / "log").ok);
    overwrite(table, bytes);
  }
  BOOST_TEST(verified(scratch / "log").ok);

  for (const std::string name : {"heads", "db/CURRENT", "db/IDENTITY"}) {
    const auto bytes = contents_of(scratch / "log" / name);
    fs::remove(scratch / "log" / name);
    BOOST_TEST(!verified(scratch / "log").ok, name);
    overwrite(scratch / "log" / name, bytes);
  }
  overwrite(scratch / "log" / "db" / "000999.sst", "not sealed");
  BOOST_TEST(!verified(scratch / "log").ok);
  fs::remove(scratch / "log" / "db" / "000999.sst");

  LogFiller other;
  auto foreign = must(store::RocksDbLog::create(scratch / "other", cluster_of(9)));
  other.fill(*foreign, 3);
  must(foreign->close());
  for (const std::string name : {"heads", "key"}) {
    overwrite(scratch / "log" / name, contents_of(scratch / "other" / name));
  }
  fs::remove(scratch / "log" / "seal");
  const auto report = verified(scratch / "log");
  BOOST_TEST(!report.ok);
  BOOST_TEST(report.reason.find("cluster") != std::string::npos, report.reason);
}

// Somebody with the database library rewrites the log; files and checksums are then in order again.
void tamper(const fs::path& directory,
            const std::function<void(rocksdb::DB&,
                                     std::map<std::string, rocksdb::ColumnFamilyHandle*>&)>& act) {
  fs::remove(directory / "seal");
  rocksdb::DBOptions options;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  const auto path = (directory / "db").string();
  std::vector<std::string> names;
  BOOST_REQUIRE(rocksdb::DB::ListColumnFamilies(options, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const auto& name : names)
    descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  BOOST_REQUIRE(rocksdb::DB::Open(options, path, descriptors, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  std::map<std::string, rocksdb::ColumnFamilyHandle*> by_name;
  for (std::size_t i = 0; i < names.size(); ++i)
    by_name[names[i]] = handles[i];
  act(*db, by_name);
  for (auto* handle : handles) {
    BOOST_REQUIRE(db->Flush({}, handle).ok());
    db->CompactRange({}, handle, nullptr, nullptr);
    db->DestroyColumnFamilyHandle(handle);
  }
}

BOOST_AUTO_TEST_CASE(edited_deleted_and_cut_records_are_named) {
  const store::Pointer middle{{store::Topic::evt, 1}, Offset(17)};
  const store::Pointer last{{store::Topic::evt, 1}, Offset(59)};
  struct Deed {
    std::string name;
    std::function<void(rocksdb::DB&, std::map<std::string, rocksdb::ColumnFamilyHandle*>&)> act;
    std::string bad_offset;
    std::string reason;
  };
  const std::vector<Deed> deeds{
      {"edit",
       [&](auto& db, auto& families_of) {
         std::string row;
         BOOST_REQUIRE(db.Get({}, families_of["log"], log_key(middle), &row).ok());
         row[row.size() - 5] ^= 1;
         BOOST_REQUIRE(db.Put({}, families_of["log"], log_key(middle), row).ok());
       },
       "evt/1/17", "chain"},
      {"delete",
       [&](auto& db, auto& families_of) {
         BOOST_REQUIRE(db.Delete({}, families_of["log"], log_key(middle)).ok());
       },
       "evt/1/17", "missing"},
      {"cut the tail",
       [&](auto& db, auto& families_of) {
         BOOST_REQUIRE(db.Delete({}, families_of["log"], log_key(last)).ok());
       },
       "evt/1/59", "newest head stands at 60"},
      {"drop an index row",
       [&](auto& db, auto& families_of) {
         std::string row;
         BOOST_REQUIRE(db.Get({}, families_of["log"], log_key(middle), &row).ok());
         BOOST_REQUIRE(db.Delete({}, families_of["id"], row.substr(32 + 8, 16)).ok());
       },
       "evt/1/17", "family id"},
      {"add an index row",
       [&](auto& db, auto& families_of) {
         BOOST_REQUIRE(db.Put({}, families_of["agg"], std::string(24, 'x'), log_key(middle)).ok());
       },
       "evt/0/0", "family agg"}};
  for (const auto& deed : deeds) {
    Scratch scratch;
    made_log(scratch / "log", Ending::closed, 30);

    tamper(scratch / "log", deed.act);
    const auto report = verified(scratch / "log");

    BOOST_TEST(!report.ok, deed.name);
    BOOST_TEST(report.bad_offset.value_or("") == deed.bad_offset, deed.name << report.reason);
    BOOST_TEST(report.reason.find(deed.reason) != std::string::npos, report.reason);
  }
}

BOOST_AUTO_TEST_CASE(superseded_records_are_sound) {
  Scratch scratch;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  LogFiller filler;
  filler.fill(*log, 5);
  EventMaker zombie;
  const auto late = zombie.fact(0, zombie.input("other")->header.event_id);
  must(log->commit({{{{store::Topic::evt, 0}, late->stored, store::Standing::superseded}}, {}}));
  filler.fill(*log, 5);
  must(log->close());

  const auto report = verified(scratch / "log");

  BOOST_TEST(report.ok, report.reason);
  BOOST_TEST(report.events == 51u);
}

BOOST_AUTO_TEST_CASE(flipped_blob_is_named_by_the_record_that_names_it) {
  Scratch scratch;
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  LogFiller filler;
  filler.fill(*log, 3);
  const std::vector<std::uint8_t> weights(200'000, 42);
  auto blob = must(store::BlobStore(*log, scratch / "log" / "blobs").put(weights));
  events::TrainingFinished finished;
  finished.arms.push_back({"variant", 1, blob.sha256, {}, {}, 0, 0, 0});
  auto header = filler.make().input("job")->header;
  const auto event = events::seal(header, finished);
  store::Batch batch{{{{store::Topic::cmd, 0}, event->stored}}, {}};
  if (blob.write) batch.writes.push_back(*blob.write);
  const auto at = must(log->commit(batch));
  must(log->close());
  BOOST_TEST(verified(scratch / "log").ok);

  const Flip flip(scratch / "log" / "blobs" / to_hex(ByteSpan(blob.sha256)), 777);
  const auto report = verified(scratch / "log");

  BOOST_TEST(!report.ok);
  BOOST_TEST(report.bad_offset.value_or("") == store::to_string(at[0]));
  BOOST_TEST(report.reason.find("blob") != std::string::npos, report.reason);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_judged_has_its_own_error) {
  Scratch scratch;
  refused(store::verify_directory(scratch / "nothing"), Errc::not_found);
  auto log = must(store::RocksDbLog::create(scratch / "log", cluster_of()));
  refused(store::verify_directory(scratch / "log"), Errc::conflict);
  refused(store::RocksDbLog::open_read_only(scratch / "log"), Errc::conflict);
  must(log->close());
  log.reset();
  tamper(scratch / "log", [](auto& db, auto& families_of) {
    BOOST_REQUIRE(db.Put({}, families_of["meta"], "fmt", std::string("\0\0\0\x63", 4)).ok());
  });

  refused(store::verify_directory(scratch / "log"), Errc::unsupported);
  refused(store::RocksDbLog::open(scratch / "log"), Errc::unsupported);
}

BOOST_AUTO_TEST_CASE(prefix_stands_in_front_of_the_offset) {
  Scratch scratch;
  made_log(scratch / "frozen", Ending::closed, 5);
  const Flip flip(scratch / "frozen" / "heads", 100);

  const auto report = must(store::verify_directory(scratch / "frozen", "frozen/"));

  BOOST_TEST(report.bad_offset.value_or("") == "frozen/evt/0/0");
}

BOOST_AUTO_TEST_SUITE_END()

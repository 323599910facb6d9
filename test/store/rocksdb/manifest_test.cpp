#include "store/rocksdb/manifest.hpp"

#include "test/store/rocksdb/log_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <rocksdb/db.h>
#include <rocksdb/metadata.h>

using namespace ars;
using namespace ars::test;

BOOST_AUTO_TEST_SUITE(rocksdb_manifest)

// What RocksDB itself says of its files is the oracle.
BOOST_AUTO_TEST_CASE(manifest_says_what_rocksdb_says) {
  Scratch scratch;
  LogFiller filler;
  for (int round = 0; round < 3; ++round) {
    auto log = round == 0 ? must(store::RocksDbLog::create(scratch / "log", cluster_of()))
                          : must(store::RocksDbLog::open(scratch / "log"));
    filler.fill(*log, 20);
    must(log->close());
  }
  const auto path = (scratch / "log" / "db").string();
  std::vector<std::string> names;
  BOOST_REQUIRE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const auto& name : names)
    descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  BOOST_REQUIRE(rocksdb::DB::OpenForReadOnly({}, path, descriptors, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  for (auto* handle : handles)
    db->DestroyColumnFamilyHandle(handle);

  const auto manifest = must(store::read_manifest(path));

  BOOST_TEST(manifest.damage.empty());
  BOOST_TEST(manifest.families.size() == names.size());
  std::size_t seen = 0;
  for (const auto& [id, family] : manifest.families) {
    for (const auto& [number, file] : family.files) {
      const auto same = std::find_if(files.begin(), files.end(), [&](const auto& live) {
        return live.name == "/" + file.name() || live.name == file.name();
      });
      BOOST_REQUIRE(same != files.end());
      ++seen;
      BOOST_TEST(same->column_family_name == family.name);
      BOOST_TEST(same->size == file.bytes);
      BOOST_TEST(same->file_checksum == file.checksum);
      BOOST_TEST(same->smallestkey == file.smallest);
      BOOST_TEST(same->largestkey == file.largest);
    }
  }
  BOOST_TEST(seen == files.size());
  BOOST_TEST(seen >= 9u);
}

BOOST_AUTO_TEST_SUITE_END()

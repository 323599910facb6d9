#include "store/rocksdb/embedded_backend.hpp"
#include "store/rocksdb/rocksdb_log.hpp"
#include "test/contract/store/log_backend_suite.hpp"
#include "test/contract/store/scratch.hpp"

#include <thread>

namespace {

using ars::test::must;

struct World {
  ars::test::Scratch scratch;
  std::unique_ptr<ars::store::RocksDbLog> log;
};

ars::test::BackendUnderTest embedded() {
  auto world = std::make_shared<World>();
  world->log =
      must(ars::store::RocksDbLog::create(world->scratch / "log", ars::test::cluster_of()));
  return {ars::store::make_embedded_backend(*world->log), world};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_log_backend)

BOOST_AUTO_TEST_CASE(embedded_backend_keeps_every_promise_of_a_backend) {
  ars::test::LogBackendSuite(&embedded).run_all();
}

BOOST_AUTO_TEST_CASE(waiting_fetch_ends_when_the_backend_stops) {
  auto under = embedded();

  std::thread stopper([&] { under.backend->stop(); });
  const auto fetched = under.backend->fetch(ars::test::backend_evt0, ars::Offset(0), 1,
                                            std::chrono::milliseconds(60'000));
  stopper.join();

  BOOST_TEST((fetched.has_error() || fetched.value().empty()));
  ars::test::refused(under.backend->watermarks(ars::test::backend_evt0, {}), ars::Errc::stopping);
}

BOOST_AUTO_TEST_SUITE_END()

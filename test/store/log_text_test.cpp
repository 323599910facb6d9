#include "store/event_log.hpp"
#include "test/contract/store/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::test;

BOOST_AUTO_TEST_SUITE(store_log_text)

BOOST_AUTO_TEST_CASE(pointer_reads_back_from_its_text) {
  for (const std::string text : {"evt/3/1041", "cmd/0/0", "ctl/65535/18446744073709551615"}) {
    BOOST_TEST(store::to_string(must(store::pointer_from_text(text))) == text);
  }
}

BOOST_AUTO_TEST_CASE(other_text_is_no_pointer) {
  for (const auto* text : {"", "evt", "evt/3", "evt/3/", "evt//1", "evt/3/1/1", "evt/65536/1",
                           "news/0/0", "evt/-1/0", "evt/3/1x", " evt/3/1", "frozen/evt/3/1"}) {
    refused(store::pointer_from_text(text), Errc::invalid);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "events/codec/upcast.hpp"

#include "events/codec/view.hpp"
#include "test/events/sealed.hpp"

#include <boost/test/unit_test.hpp>

using namespace ars;
using namespace ars::events;
using namespace ars::test;

namespace {

// CanaryStarted as version 0 was written.
struct CanaryStartedV0 {
  std::uint64_t experiment = 0;
  std::uint64_t variant = 0;
  std::uint64_t plan = 0;
  double share = 0;
  static constexpr auto fields = std::tuple{field(0, "experiment", &CanaryStartedV0::experiment),
                                            field(1, "variant", &CanaryStartedV0::variant),
                                            field(2, "plan", &CanaryStartedV0::plan),
                                            field(3, "share", &CanaryStartedV0::share)};
};

Bytes stored(std::uint32_t type_id, std::uint16_t version, const Bytes& payload) {
  auto header = fixed_header();
  header.type_id = type_id;
  header.schema_version = version;
  return encode_envelope(header, payload);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_codec_upcast)

BOOST_AUTO_TEST_CASE(a_canary_of_version_0_is_read_as_todays) {
  const auto bytes = stored(CanaryStarted::type_id, 0, to_bytes(CanaryStartedV0{3, 4, 5, 0.05}));

  const auto opened = open_event(bytes);

  BOOST_REQUIRE(opened.has_value());
  CanaryStarted expected;
  expected.experiment = 3;
  expected.variant = 4;
  expected.plan = 5;
  expected.share = 0.05;
  BOOST_REQUIRE(opened.assume_value()->as<CanaryStarted>() != nullptr);
  BOOST_TEST((*opened.assume_value()->as<CanaryStarted>() == expected));
}

BOOST_AUTO_TEST_CASE(reading_an_old_version_rewrites_nothing) {
  const auto bytes = stored(CanaryStarted::type_id, 0, to_bytes(CanaryStartedV0{3, 4, 5, 0.05}));

  const auto opened = open_event(bytes);

  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST((opened.assume_value()->stored == bytes));
  BOOST_TEST(opened.assume_value()->header.schema_version == 0);
}

BOOST_AUTO_TEST_CASE(a_damaged_old_version_is_corrupt) {
  const auto opened = open_event(stored(CanaryStarted::type_id, 0, Bytes(32, 0xff)));

  BOOST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.assume_error().code == Errc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_version_from_the_future_is_not_supported) {
  each_type(Catalog{}, []<class T>() {
    const auto payload = encode_payload(filled_event<T>());
    const auto future = static_cast<std::uint16_t>(schema_version<T>() + 1);

    const auto opened = open_event(stored(T::type_id, future, payload));

    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST((opened.assume_error().code == Errc::unsupported), T::name);
  });
}

BOOST_AUTO_TEST_SUITE_END()

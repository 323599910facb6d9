#include "events/base/prng.hpp"
#include "events/codec/view.hpp"
#include "events/limits.hpp"
#include "test/events/sealed.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>

using namespace ars;
using namespace ars::events;
using namespace ars::test;

namespace {

// Random tests print their seed and take it back from here.
std::uint64_t random_seed() {
  const auto* given = std::getenv("ARS_TEST_SEED");
  const auto seed = given == nullptr ? 20'240'601 : std::strtoull(given, nullptr, 10);
  BOOST_TEST_MESSAGE("ARS_TEST_SEED=" << seed);
  return seed;
}

// Opens bytes that may be anything. What opens must be an event that can be written again.
bool opens(ByteSpan bytes) {
  const auto event = open_event(bytes);
  if (event.has_value()) {
    BOOST_REQUIRE(
        !seal(event.assume_value()->header, event.assume_value()->payload)->stored.empty());
    return true;
  }
  const auto code = event.assume_error().code;
  BOOST_REQUIRE((code == Errc::corrupt || code == Errc::unsupported));
  return false;
}

// One event of every type as bytes: stored, and its payload alone.
struct Sample {
  std::string name;
  std::uint32_t type_id;
  Bytes stored;
  Bytes payload;
};
const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Sample> out;
    each_type(Catalog{}, [&]<class T>() {
      out.push_back(
          {std::string(T::name), T::type_id, sealed_bytes<T>(), encode_payload(filled_event<T>())});
    });
    return out;
  }();
  return all;
}

constexpr std::array<std::uint8_t, 3> flips{0x01, 0x80, 0xff};

Bytes flipped(Bytes bytes, std::size_t at, std::uint8_t flip) {
  bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ flip);
  return bytes;
}

Bytes enveloped(std::uint32_t type_id, const Bytes& payload) {
  auto header = fixed_header();
  header.type_id = type_id;
  return encode_envelope(header, payload);
}

template <class T>
void check_round_trip(const T& value) {
  const auto sealed = seal(fixed_header(), value);
  const auto opened = open_event(sealed->stored);

  BOOST_REQUIRE_MESSAGE(opened.has_value(), T::name);
  const auto& event = *opened.assume_value();
  BOOST_REQUIRE_MESSAGE(event.template as<T>() != nullptr, T::name);
  BOOST_TEST((*event.template as<T>() == value), T::name);
  BOOST_TEST((event.header == sealed->header), T::name);
  BOOST_TEST((event.stored == sealed->stored), T::name);
}

template <class T>
void check_that_nothing_is_at_its_default(const T& value, const std::string& path) {
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    const auto& held = value.*f.member;
    const auto at = path + "." + std::string(f.name);
    BOOST_TEST(!(held == F{}), at);
    if constexpr (Listed<F>) check_that_nothing_is_at_its_default(held, at);
  });
}

// Paths of the fields marked personal, down through nested structs.
template <class T>
void personal_fields(const std::string& path, std::set<std::string>& out) {
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    const auto at = path + "." + std::string(f.name);
    if (f.privacy == Privacy::personal) out.insert(at);
    if constexpr (Listed<F>) personal_fields<F>(at, out);
  });
}

// RequestReceived with an id of any length.
struct AnyLengthId {
  std::vector<std::uint8_t> request;
  static constexpr auto fields = std::tuple{field(0, "request", &AnyLengthId::request)};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(events_codec_payload)

BOOST_AUTO_TEST_CASE(every_event_comes_back_with_every_field) {
  each_type(Catalog{}, []<class T>() {
    check_that_nothing_is_at_its_default(filled_event<T>(), std::string(T::name));
    check_round_trip(filled_event<T>());
  });
}

BOOST_AUTO_TEST_CASE(every_event_comes_back_with_values_at_the_ends_of_their_types) {
  each_type(Catalog{}, []<class T>() { check_round_trip(filled_event<T>(Fill::extreme)); });
}

BOOST_AUTO_TEST_CASE(an_absent_field_reads_as_the_default_of_its_struct) {
  // A default other than zero could not be told from a zero that was written.
  each_type(Catalog{}, []<class T>() { check_round_trip(T{}); });
}

BOOST_AUTO_TEST_CASE(infinities_and_the_sign_of_zero_come_back) {
  SlateServed value;
  value.items.resize(3);
  value.items[0].score = std::numeric_limits<float>::infinity();
  value.items[1].score = -std::numeric_limits<float>::infinity();
  value.items[2].score = -0.0f;

  const auto opened = open_event(seal(fixed_header(), value)->stored);

  BOOST_REQUIRE(opened.has_value());
  const auto& items = opened.assume_value()->as<SlateServed>()->items;
  BOOST_TEST(items.at(0).score == std::numeric_limits<float>::infinity());
  BOOST_TEST(items.at(1).score == -std::numeric_limits<float>::infinity());
  BOOST_TEST(items.at(2).score == 0.0f);
}

BOOST_AUTO_TEST_CASE(equal_values_have_equal_bytes) {
  each_type(Catalog{},
            []<class T>() { BOOST_TEST((sealed_bytes<T>() == sealed_bytes<T>()), T::name); });
}

BOOST_AUTO_TEST_CASE(an_event_opens_wherever_its_bytes_lie) {
  const auto bytes = sealed_bytes<SlateServed>();

  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes moved(shift);
    moved.insert(moved.end(), bytes.begin(), bytes.end());
    const auto opened = open_event(ByteSpan(moved).subspan(shift));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST((*opened.assume_value()->as<SlateServed>() == filled_event<SlateServed>()));
  }
}

BOOST_AUTO_TEST_CASE(an_event_that_is_used_again_keeps_nothing_of_the_last_one) {
  Event event;
  BOOST_REQUIRE(open_event_into(sealed_bytes<SlateServed>(), event).has_value());
  BOOST_REQUIRE(open_event_into(seal(Envelope{}, SlateServed{})->stored, event).has_value());

  BOOST_TEST((*event.as<SlateServed>() == SlateServed{}));
  BOOST_TEST(event.header.tlvs.empty());
}

BOOST_AUTO_TEST_CASE(one_changed_byte_is_refused_wherever_it_lies) {
  for (const auto& sample : samples()) {
    for (std::size_t at = 0; at < sample.stored.size(); ++at) {
      for (const auto flip : flips) {
        const auto changed = flipped(sample.stored, at, flip);
        if (open_event(changed).has_value()) BOOST_ERROR(sample.name << " byte " << at);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_changed_byte_under_a_right_crc_is_read_safely_or_refused) {
  for (const auto& sample : samples()) {
    std::size_t refused = 0;
    for (std::size_t at = 0; at < sample.stored.size(); ++at) {
      for (const auto flip : flips) {
        if (!opens(with_right_crc(flipped(sample.stored, at, flip)))) ++refused;
      }
    }
    BOOST_TEST(refused > 0u, sample.name);
  }
}

BOOST_AUTO_TEST_CASE(many_changed_bytes_under_a_right_crc_are_read_safely_or_refused) {
  Philox rng(random_seed(), 1);
  for (const auto& sample : samples()) {
    for (int round = 0; round < 150; ++round) {
      auto changed = sample.payload;
      for (auto left = 1 + rng.below(8); left > 0; --left) {
        changed[rng.below(changed.size())] = static_cast<std::uint8_t>(rng.below(256));
      }
      opens(enveloped(sample.type_id, changed));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_read_safely_or_refused) {
  Philox rng(random_seed(), 2);
  for (const auto& sample : samples()) {
    for (int round = 0; round < 150; ++round) {
      Bytes payload(rng.below(400));
      const auto bound =
          rng.below(2) == 0 ? 12u : 256u;  // small ones look like offsets and lengths
      for (auto& byte : payload)
        byte = static_cast<std::uint8_t>(rng.below(bound));
      opens(enveloped(sample.type_id, payload));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_cut_of_a_payload_is_read_safely_or_refused) {
  for (const auto& sample : samples()) {
    for (auto cut = sample.payload; !cut.empty();) {
      cut.pop_back();
      opens(enveloped(sample.type_id, cut));
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_table_are_refused) {
  BOOST_TEST(!opens(enveloped(RequestReceived::type_id, {})));
  BOOST_TEST(!opens(enveloped(RequestReceived::type_id, Bytes(64, 0xff))));
}

BOOST_AUTO_TEST_CASE(an_id_of_another_length_is_refused) {
  BOOST_TEST(opens(enveloped(RequestReceived::type_id, to_bytes(AnyLengthId{Bytes(16, 1)}))));
  BOOST_TEST(!opens(enveloped(RequestReceived::type_id, to_bytes(AnyLengthId{Bytes(15, 1)}))));
  BOOST_TEST(!opens(enveloped(RequestReceived::type_id, to_bytes(AnyLengthId{Bytes(17, 1)}))));
}

BOOST_AUTO_TEST_CASE(a_type_outside_the_catalogue_is_not_supported) {
  for (const std::uint32_t type : {0u, 100u, 599u, 600u, 0xffffffffu}) {
    const auto opened = open_event(enveloped(type, {}));
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST((opened.assume_error().code == Errc::unsupported));
  }
}

BOOST_AUTO_TEST_CASE(what_says_something_about_a_person_is_marked) {
  std::set<std::string> found;
  each_type(Catalog{}, [&]<class T>() { personal_fields<T>(std::string(T::name), found); });

  for (const auto* path : {"ars.request.received.context", "ars.request.routed.context",
                           "ars.feedback.received.outcomes", "ars.rating.received.rating",
                           "ars.logged_action.received.reward", "ars.input.quarantined.text"}) {
    BOOST_TEST(found.contains(path), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "events/codec/canonical.hpp"

#include "events/serving.hpp"
#include "test/events/sealed.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace ars;
using namespace ars::events;
using namespace ars::test;

namespace {

struct Inner {
  std::uint16_t count = 0;
  static constexpr auto fields = std::tuple{field(0, "count", &Inner::count)};
  friend bool operator==(const Inner&, const Inner&) = default;
};

// A struct as it stood first, and with a field that was added later.
struct First {
  std::uint32_t number = 0;
  std::string name;
  std::vector<double> weights;
  Inner inner;
  static constexpr auto fields =
      std::tuple{field(0, "number", &First::number), field(1, "name", &First::name),
                 field(2, "weights", &First::weights), field(3, "inner", &First::inner)};
};
struct Later {
  std::uint32_t number = 0;
  std::string name;
  std::vector<double> weights;
  Inner inner;
  std::vector<std::string> tags;
  static constexpr auto fields =
      std::tuple{field(0, "number", &Later::number), field(1, "name", &Later::name),
                 field(2, "weights", &Later::weights), field(3, "inner", &Later::inner),
                 field(4, "tags", &Later::tags)};
};
struct Texts {
  std::string a;
  std::string b;
  std::vector<std::string> list;
  double x = 0;
  static constexpr auto fields =
      std::tuple{field(0, "a", &Texts::a), field(1, "b", &Texts::b), field(2, "list", &Texts::list),
                 field(3, "x", &Texts::x)};
};

template <class T>
std::string canonical_hex(const T& value) {
  CanonicalWriter writer;
  writer.write_fields(value);
  return to_hex(writer.bytes());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_codec_canonical)

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_format_page) {
  const First value{0x01020304, "ab", {1.5, 0}, {7}};

  BOOST_TEST(canonical_hex(value) ==
             "0000"
             "04030201"  // number
             "0100"
             "02000000"
             "6162"  // name
             "0200"
             "02000000"
             "000000000000f83f"
             "0000000000000000"  // weights
             "0300"
             "04000000"
             "0000"
             "0700");  // inner, four bytes of it
}

BOOST_AUTO_TEST_CASE(fields_at_their_default_are_left_out) {
  BOOST_TEST(canonical_hex(First{}) == "");
  BOOST_TEST(canonical_hex(First{0, "x", {}, {}}) == "01000100000078");
}

BOOST_AUTO_TEST_CASE(a_new_field_at_its_default_keeps_the_hash) {
  const First before{5, "x", {0.25}, {1}};
  Later after{5, "x", {0.25}, {1}, {}};
  BOOST_TEST((content_hash(before) == content_hash(after)));

  after.tags = {"new"};

  BOOST_TEST((content_hash(before) != content_hash(after)));
}

BOOST_AUTO_TEST_CASE(minus_zero_hashes_as_zero) {
  BOOST_TEST((content_hash(Texts{"", "", {}, -0.0}) == content_hash(Texts{})));
  BOOST_TEST((content_hash(First{1, "", {-0.0}, {}}) == content_hash(First{1, "", {0.0}, {}})));
}

BOOST_AUTO_TEST_CASE(hashing_a_nan_is_our_bug) {
  const First value{1, "", {std::numeric_limits<double>::quiet_NaN()}, {}};
  const StepGuard guard;

  BOOST_CHECK_THROW(content_hash(value), StepFailure);
}

BOOST_AUTO_TEST_CASE(text_cannot_move_between_fields_or_elements) {
  BOOST_TEST((content_hash(Texts{"ab", "c", {}, 0}) != content_hash(Texts{"a", "bc", {}, 0})));
  BOOST_TEST(
      (content_hash(Texts{"", "", {"ab", "c"}, 0}) != content_hash(Texts{"", "", {"a", "bc"}, 0})));
  BOOST_TEST((content_hash(Texts{"a", "", {}, 0}) != content_hash(Texts{"", "a", {}, 0})));
  BOOST_TEST((content_hash(Texts{"", "", {""}, 0}) != content_hash(Texts{})));
}

BOOST_AUTO_TEST_CASE(the_hash_does_not_depend_on_stored_bytes) {
  each_type(Catalog{}, []<class T>() {
    const auto opened = open_event(sealed_bytes<T>());
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(
        (content_hash(*opened.assume_value()->template as<T>()) == content_hash(filled_event<T>())),
        T::name);
  });
}

BOOST_AUTO_TEST_CASE(every_field_enters_the_hash) {
  each_type(Catalog{}, []<class T>() {
    const auto whole = filled_event<T>();
    const auto hash = content_hash(whole);
    for_each_field<T>([&](const auto& f) {
      using F = typename std::remove_cvref_t<decltype(f)>::Type;
      auto changed = whole;
      changed.*f.member = F{};
      BOOST_TEST((content_hash(changed) != hash), T::name << " " << f.name);
    });
  });
}

BOOST_AUTO_TEST_SUITE_END()

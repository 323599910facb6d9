// Golden files: one stored event per line of the catalogue, with no field at its default, written
// once and read by every build since. A field that was added later reads as its default.
#include "events/catalog.hpp"

#include "events/codec/view.hpp"
#include "test/events/sealed.hpp"

#include <boost/test/unit_test.hpp>
#include <flatbuffers/base.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

using namespace ars;
using namespace ars::events;
using namespace ars::test;

namespace {

namespace fs = std::filesystem;

// How many fields each struct of an event has, by the path to it; "." is the event itself.
using Shape = std::map<std::string, std::size_t>;

template <class T>
constexpr std::size_t field_count = std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>;

template <class T>
struct ElementOf {
  using type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using type = T;
};

std::string below(const std::string& path, std::string_view name) {
  return (path == "." ? path : path + ".") + std::string(name);
}

template <Listed T>
void shape_of(const std::string& path, Shape& out) {
  out[path] = field_count<T>;
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    using Element = typename ElementOf<F>::type;
    if constexpr (Listed<Element>) shape_of<Element>(below(path, f.name), out);
  });
}

template <Listed T>
Shape shape() {
  Shape out;
  shape_of<T>(".", out);
  return out;
}

// Gives every field that was not there yet its default.
template <Listed T>
void forget_later_fields(T& value, const std::string& path, const Shape& known) {
  const auto fields = known.find(path);
  if (fields == known.end()) return;
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    auto& held = value.*f.member;
    if (f.number >= fields->second) {
      held = F{};
    } else if constexpr (Listed<F>) {
      forget_later_fields(held, below(path, f.name), known);
    } else if constexpr (Listed<typename ElementOf<F>::type>) {
      for (auto& each : held)
        forget_later_fields(each, below(path, f.name), known);
    }
  });
}

std::string flatbuffers_version() {
  std::ostringstream out;
  out << FLATBUFFERS_VERSION_MAJOR << '.' << FLATBUFFERS_VERSION_MINOR << '.'
      << FLATBUFFERS_VERSION_REVISION;
  return out.str();
}

struct Golden {
  std::string flatbuffers;
  Shape shape;
  Bytes stored;
};

template <class T>
std::string golden_text() {
  std::ostringstream out;
  out << "event " << T::name << '\n';
  out << "flatbuffers " << flatbuffers_version() << '\n';
  for (const auto& [path, count] : shape<T>())
    out << "fields " << path << ' ' << count << '\n';
  const auto hex = to_hex(sealed_bytes<T>());
  for (std::size_t at = 0; at < hex.size(); at += 96)
    out << "bytes " << hex.substr(at, 96) << '\n';
  return out.str();
}

std::optional<std::uint8_t> byte_of(const std::string& two_digits) {
  unsigned value = 0;
  std::istringstream in(two_digits);
  in >> std::hex >> value;
  if (in.fail() || value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

// Empty when there is no such file, or a line of it is none.
std::optional<Golden> read_golden(const fs::path& path) {
  std::ifstream in(path);
  if (!in) return std::nullopt;
  Golden out;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    std::string value;
    words >> word >> value;
    if (word == "flatbuffers") {
      out.flatbuffers = value;
    } else if (word == "fields") {
      words >> out.shape[value];
    } else if (word == "bytes") {
      for (std::size_t i = 0; i + 1 < value.size(); i += 2) {
        const auto byte = byte_of(value.substr(i, 2));
        if (!byte) return std::nullopt;
        out.stored.push_back(*byte);
      }
    } else if (word != "event") {
      return std::nullopt;
    }
  }
  return out;
}

std::string golden_name(std::string_view event, std::uint16_t version) {
  return std::string(event) + ".v" + std::to_string(version) + ".golden";
}

// VariantRejected, had it had one field only.
struct ShortRejection {
  std::uint64_t variant = 0;
  static constexpr auto fields = std::tuple{field(0, "variant", &ShortRejection::variant)};
};

const fs::path golden_folder = fs::path(ARS_SOURCE_DIR) / "test/events/golden";

template <class T>
void check_golden() {
  const auto name = golden_name(T::name, schema_version<T>());
  const auto golden = read_golden(golden_folder / name);
  if (!golden) {
    BOOST_ERROR("store this as test/events/golden/" << name << ":\n" << golden_text<T>());
    return;
  }
  const auto now = shape<T>();
  for (const auto& [path, count] : golden->shape) {
    const auto found = now.find(path);
    BOOST_TEST((found != now.end() && found->second >= count),
               name << ": a stored field of " << path << " is gone");
  }

  const auto opened = open_event(golden->stored);

  BOOST_REQUIRE_MESSAGE(opened.has_value(), name << " no longer opens");
  auto expected = filled_event<T>();
  forget_later_fields(expected, ".", golden->shape);
  const auto* found = opened.assume_value()->template as<T>();
  BOOST_REQUIRE_MESSAGE(found != nullptr, name << " opens as another event");
  BOOST_TEST((*found == expected), name << " reads as other values");
  if (golden->flatbuffers == flatbuffers_version() && golden->shape == now) {
    BOOST_TEST((sealed_bytes<T>() == golden->stored), name << " is written as other bytes");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events_catalog)

BOOST_AUTO_TEST_CASE(every_golden_event_reads_as_it_was_written) {
  each_type(Catalog{}, []<class T>() { check_golden<T>(); });
}

BOOST_AUTO_TEST_CASE(every_golden_file_is_of_an_event_and_opens) {
  for (const auto& entry : fs::directory_iterator(golden_folder)) {
    const auto file = entry.path().filename().string();
    if (!file.ends_with(".golden")) continue;
    const auto event = file.substr(0, file.rfind(".v"));
    BOOST_TEST(type_info(std::string_view(event)).has_value(), file);
    const auto golden = read_golden(entry.path());
    BOOST_REQUIRE_MESSAGE(golden.has_value(), file);
    BOOST_TEST(open_event(golden->stored).has_value(), file);
  }
}

BOOST_AUTO_TEST_CASE(a_field_that_came_later_reads_as_its_default) {
  auto header = fixed_header();
  header.type_id = VariantRejected::type_id;
  auto expected = filled_event<VariantRejected>();
  const auto old = encode_envelope(header, to_bytes(ShortRejection{expected.variant}));
  forget_later_fields(expected, ".", Shape{{".", 1}});

  const auto opened = open_event(old);

  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST((*opened.assume_value()->as<VariantRejected>() == expected));
  BOOST_TEST(expected.stage.empty());
  BOOST_TEST(expected.variant != 0u);
}

BOOST_AUTO_TEST_CASE(later_fields_are_forgotten_in_nested_structs_too) {
  auto value = filled_event<PlanProposed>();
  auto known = shape<PlanProposed>();
  known[".plan.recalls"] = 1;
  known[".plan.ranker"] = 2;

  forget_later_fields(value, ".", known);

  BOOST_TEST(!value.plan.recalls.at(1).source.empty());
  BOOST_TEST(value.plan.recalls.at(1).quota == 0u);
  BOOST_TEST(!value.plan.ranker.architecture.empty());
  BOOST_TEST(value.plan.ranker.trained_until == 0u);
  BOOST_TEST(value.plan.version != 0u);
}

BOOST_AUTO_TEST_CASE(a_type_is_found_by_number_and_by_name) {
  BOOST_TEST(catalogue_types().size() == Catalog::size);
  for (const auto& row : catalogue_types()) {
    BOOST_TEST(type_info(row.type_id).value().name == row.name);
    BOOST_TEST(type_info(row.name).value().type_id == row.type_id);
    BOOST_TEST(type_info(std::to_string(row.type_id)).value().type_id == row.type_id);
    BOOST_TEST(row.name.starts_with("ars."), row.name);
  }
  BOOST_TEST(!type_info(0u).has_value());
  BOOST_TEST(!type_info("ars.nothing").has_value());
}

BOOST_AUTO_TEST_CASE(a_type_lies_in_the_hundred_of_its_subject) {
  each_type(Catalog{}, []<class T>() {
    BOOST_TEST(T::type_id > 100u, T::name);
    BOOST_TEST(T::type_id < 600u, T::name);
  });
}

BOOST_AUTO_TEST_SUITE_END()

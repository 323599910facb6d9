// A JSON object written field by field, in the order in which fields are added. Text only: nothing
// is parsed here. A value; one owner, any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ars::cli {

// Quoted and escaped; bytes that are no UTF-8 become U+FFFD.
std::string json_text(std::string_view text);
// Shortest form that reads back as the same number; null when not finite.
std::string json_text(double value);
// A float's own shortest form, so that 0.1f reads 0.1.
std::string json_text(float value);
// Integers beyond 2^53 become strings: many readers keep doubles only.
std::string json_text(std::uint64_t value);
std::string json_text(std::int64_t value);

class JsonObject {
 public:
  // `json` is taken as it stands.
  JsonObject& add_raw(std::string_view name, std::string_view json);
  JsonObject& add(std::string_view name, std::string_view text);
  JsonObject& add(std::string_view name, const char* text) {
    return add(name, std::string_view(text));
  }
  JsonObject& add(std::string_view name, const JsonObject& value);
  JsonObject& add(std::string_view name, const std::vector<JsonObject>& list);
  JsonObject& add_null(std::string_view name) { return add_raw(name, "null"); }
  template <class T>
  requires std::is_arithmetic_v<T> JsonObject& add(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return add_raw(name, value ? "true" : "false");
    } else if constexpr (std::signed_integral<T>) {
      return add_raw(name, json_text(std::int64_t{value}));
    } else if constexpr (std::unsigned_integral<T>) {
      return add_raw(name, json_text(std::uint64_t{value}));
    } else {
      return add_raw(name, json_text(value));
    }
  }
  // null when empty.
  template <class T>
  JsonObject& add(std::string_view name, const std::optional<T>& value) {
    return value.has_value() ? add(name, *value) : add_null(name);
  }
  // One line, without a line end.
  std::string text() const { return "{" + fields_ + "}"; }

 private:
  std::string fields_;
};

std::string json_list(const std::vector<std::string>& values);

}  // namespace ars::cli

#include "runtime/config.hpp"
#include "runtime/limits.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ars::runtime::detail {
namespace {

RawValue raw_list(const toml::array& list) {
  std::vector<std::string> out;
  for (const auto& each : list) {
    const auto* text = each.as_string();
    if (text == nullptr) return RawOther{"a list with something else than strings"};
    out.push_back(text->get());
  }
  return out;
}

RawValue raw_value(const toml::node& node) {
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_array()) return raw_list(*value);
  if (node.is_table()) return RawOther{"an empty section"};
  return RawOther{"a date or time"};
}

struct Walk {
  const std::string& path;
  std::vector<RawEntry>& out;

  void table(const std::string& prefix, const toml::table& table) const {
    for (const auto& [name, node] : table) {
      const auto key = prefix + std::string(name.str());
      const auto* inner = node.as_table();
      if (inner != nullptr && !inner->empty()) {
        this->table(key + ".", *inner);
        continue;
      }
      const auto line = name.source().begin.line;
      out.push_back({key, fmt::format("{}:{}", path, line), raw_value(node), line});
    }
  }
};

Result<std::string> read_text(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return fail(Errc::not_found, fmt::format("{}: {}", path, error.message()));
  if (size > limits::config_file_bytes_max) {
    return fail(Errc::invalid,
                fmt::format("{}: {} bytes are too many for a configuration", path, size));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file && !file.eof()) return fail(Errc::not_found, fmt::format("{}: cannot be read", path));
  return text;
}

}  // namespace

Result<std::vector<RawEntry>> read_toml(const std::string& path) {
  ARS_TRY(const auto text, read_text(path));
  std::vector<RawEntry> out;
  try {
    const auto root = toml::parse(std::string_view(text), std::string_view(path));
    Walk{path, out}.table("", root);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return fail(Errc::invalid,
                fmt::format("{}:{}: column {}: {}", path, at.line, at.column, error.description()));
  }
  // In the order of the file, so that the errors come in it too.
  std::stable_sort(out.begin(), out.end(),
                   [](const RawEntry& a, const RawEntry& b) { return a.line < b.line; });
  return out;
}

}  // namespace ars::runtime::detail

#include "runtime/replay/verdict.hpp"

#include "events/base/narrow.hpp"
#include "events/event.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ars::runtime {
namespace {

using events::IsByteArray;
using events::IsVector;
using events::Listed;
using events::Strong;

constexpr std::size_t text_max = 120;

template <class T>
std::string text_of(const T& value) {
  if constexpr (Strong<T>) {
    return text_of(value.value());
  } else if constexpr (std::same_as<T, std::string>) {
    return value.size() <= text_max ? value : value.substr(0, text_max) + "...";
  } else if constexpr (IsByteArray<T>::value) {
    return to_hex(ByteSpan(value));
  } else if constexpr (std::is_enum_v<T>) {
    return fmt::format("{}", to_underlying(value));
  } else {
    return fmt::format("{}", value);
  }
}

template <class T>
bool is_close(T recorded, T recomputed) {
  if (std::isnan(recorded) || std::isnan(recomputed)) return false;
  const auto a = double{recorded};
  const auto b = double{recomputed};
  return std::abs(a - b) <= absolute_tolerance + relative_tolerance * std::abs(a);
}

// Compares until the first real difference; the path names where we are.
class Comparer {
 public:
  template <class T>
  void compare(const T& a, const T& b) {
    if constexpr (Strong<T>) {
      compare(a.value(), b.value());
    } else if constexpr (Listed<T>) {
      events::for_each_field<T>([&](const auto& f) {
        if (result_.verdict == Verdict::diverged) return;
        const auto length = path_.size();
        if (!path_.empty()) path_ += '.';
        path_ += f.name;
        compare(a.*f.member, b.*f.member);
        path_.resize(length);
      });
    } else if constexpr (IsVector<T>::value) {
      compare_lists(a, b);
    } else if constexpr (std::is_floating_point_v<T>) {
      if (a == b) return;
      if (std::isnan(a) && std::isnan(b)) return;
      differ(a, b, is_close(a, b) ? Verdict::equivalent : Verdict::diverged);
    } else {
      if (a != b) differ(a, b, Verdict::diverged);
    }
  }

  Comparison result() && { return std::move(result_); }

 private:
  template <class T>
  void compare_lists(const T& a, const T& b) {
    if (a.size() != b.size()) {
      differ(fmt::format("{} elements", a.size()), fmt::format("{} elements", b.size()),
             Verdict::diverged);
      return;
    }
    const auto length = path_.size();
    for (std::size_t i = 0; i < a.size() && result_.verdict != Verdict::diverged; ++i) {
      path_ += fmt::format("[{}]", i);
      compare<typename T::value_type>(a[i], b[i]);
      path_.resize(length);
    }
  }

  template <class T>
  void differ(const T& a, const T& b, Verdict verdict) {
    if (verdict <= result_.verdict) return;  // the first close float is enough
    result_ = {verdict, path_, text_of(a), text_of(b)};
  }

  std::string path_;
  Comparison result_;
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::exact:
      return "EXACT";
    case Verdict::equivalent:
      return "EQUIVALENT";
    case Verdict::diverged:
      break;
  }
  return "DIVERGED";
}

Comparison compare_payloads(const events::Payload& recorded, const events::Payload& recomputed) {
  if (recorded.index() != recomputed.index()) {
    return {Verdict::diverged, "type", std::string(events::name_of(recorded)),
            std::string(events::name_of(recomputed))};
  }
  if (recorded == recomputed) return {};
  return std::visit(
      [&](const auto& a) {
        using T = std::remove_cvref_t<decltype(a)>;
        Comparer comparer;
        comparer.compare(a, std::get<T>(recomputed));
        return std::move(comparer).result();
      },
      recorded);
}

}  // namespace ars::runtime

// Field lists <-> FlatBuffers tables. Included only by payload.cpp and view.hpp users: it pulls in
// flatbuffers. Layout: a table per struct; scalar fields inline, strings and vectors by offset;
// byte arrays of 16 and 32 as ubyte vectors; strong types and enumerations as what they hold.
#pragma once

#include "events/base/narrow.hpp"
#include "events/codec/fields.hpp"
#include "events/limits.hpp"

#include <flatbuffers/flatbuffers.h>

namespace ars::events::flat {

using Builder = flatbuffers::FlatBufferBuilder;
using Ref = flatbuffers::uoffset_t;

template <class T>
struct Stored {
  using type = T;
};
template <class T>
requires std::is_enum_v<T>
struct Stored<T> {
  using type = std::underlying_type_t<T>;
};
template <>
struct Stored<bool> {
  using type = std::uint8_t;
};
template <Strong T>
struct Stored<T> {
  using type = typename Stored<typename T::Value>::type;
};
template <class T>
using StoredT = typename Stored<T>::type;

template <class T>
constexpr bool is_inline = std::is_arithmetic_v<StoredT<T>>;

template <class T>
constexpr flatbuffers::voffset_t slot_of(std::uint16_t number) {
  return flatbuffers::FieldIndexToOffset(number);
}

template <class T>
StoredT<T> to_stored(const T& value) {
  if constexpr (Strong<T>) {
    return to_stored<typename T::Value>(value.value());
  } else {
    return static_cast<StoredT<T>>(value);
  }
}

template <class T>
T from_stored(const StoredT<T>& value) {
  if constexpr (Strong<T>) {
    return T(from_stored<typename T::Value>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <Listed T>
Ref write_table(Builder& builder, const T& value);

template <class T>
Ref write_reference(Builder& builder, const T& value) {
  if constexpr (Strong<T>) {
    return write_reference(builder, value.value());
  } else if constexpr (std::same_as<T, std::string>) {
    return value.empty() ? 0 : builder.CreateString(value).o;
  } else if constexpr (IsByteArray<T>::value) {
    for (const auto byte : value) {
      if (byte != 0) return builder.CreateVector(value.data(), value.size()).o;
    }
    return 0;
  } else if constexpr (Listed<T>) {
    return write_table(builder, value);
  } else {
    static_assert(IsVector<T>::value,
                  "a field holds a scalar, a string, bytes, a list or a struct");
    using Element = typename T::value_type;
    if (value.empty()) return 0;
    if constexpr (std::is_arithmetic_v<Element> && !std::same_as<Element, bool>) {
      return builder.CreateVector(value.data(), value.size()).o;
    } else if constexpr (is_inline<Element>) {
      StoredT<Element>* out = nullptr;
      const auto ref = builder.CreateUninitializedVector(value.size(), &out);
      for (std::size_t i = 0; i < value.size(); ++i) {
        flatbuffers::WriteScalar(out + i, to_stored<Element>(value[i]));
      }
      return ref.o;
    } else {
      std::vector<flatbuffers::Offset<void>> refs;
      refs.reserve(value.size());
      for (const auto& element : value) {
        if constexpr (std::same_as<StoredT<Element>, std::string>) {
          refs.emplace_back(builder.CreateString(unwrap(element)).o);
        } else if constexpr (IsByteArray<StoredT<Element>>::value) {
          const auto& bytes = unwrap(element);
          refs.emplace_back(builder.CreateVector(bytes.data(), bytes.size()).o);
        } else {
          refs.emplace_back(write_table(builder, element));
        }
      }
      return builder.CreateVector(refs).o;
    }
  }
}

template <Listed T>
Ref write_table(Builder& builder, const T& value) {
  constexpr auto count = std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>;
  std::array<Ref, count + 1> refs{};
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    if constexpr (!is_inline<F>) refs[f.number] = write_reference(builder, value.*f.member);
  });
  const auto start = builder.StartTable();
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    if constexpr (is_inline<F>) {
      builder.AddElement<StoredT<F>>(slot_of<F>(f.number), to_stored<F>(value.*f.member),
                                     StoredT<F>{});
    } else if (refs[f.number] != 0) {
      builder.AddOffset(slot_of<F>(f.number), flatbuffers::Offset<void>(refs[f.number]));
    }
  });
  return builder.EndTable(start);
}

// A table with the typed check that flatbuffers' verifier calls.
template <Listed T>
struct View : private flatbuffers::Table {
  const flatbuffers::Table& table() const { return *this; }
  bool Verify(flatbuffers::Verifier& verifier) const;
};

template <class T>
bool verify_reference(flatbuffers::Verifier& verifier, const flatbuffers::Table& table,
                      flatbuffers::voffset_t slot) {
  using S = StoredT<T>;
  if constexpr (std::same_as<S, std::string>) {
    return verifier.VerifyString(table.GetPointer<const flatbuffers::String*>(slot));
  } else if constexpr (IsByteArray<S>::value) {
    const auto* bytes = table.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(slot);
    return verifier.VerifyVector(bytes) &&
           (bytes == nullptr || bytes->size() == std::tuple_size_v<S>);
  } else if constexpr (Listed<T>) {
    return verifier.VerifyTable(table.GetPointer<const View<T>*>(slot));
  } else {
    using Element = typename T::value_type;
    if constexpr (is_inline<Element>) {
      return verifier.VerifyVector(
          table.GetPointer<const flatbuffers::Vector<StoredT<Element>>*>(slot));
    } else if constexpr (std::same_as<StoredT<Element>, std::string>) {
      const auto* list =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(
              slot);
      return verifier.VerifyVector(list) && verifier.VerifyVectorOfStrings(list);
    } else if constexpr (IsByteArray<StoredT<Element>>::value) {
      using Bytes = flatbuffers::Vector<std::uint8_t>;
      const auto* list =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Bytes>>*>(slot);
      if (!verifier.VerifyVector(list)) return false;
      if (list == nullptr) return true;
      for (flatbuffers::uoffset_t i = 0; i < list->size(); ++i) {
        const auto* bytes = list->Get(i);
        if (!verifier.VerifyVector(bytes)) return false;
        if (bytes->size() != std::tuple_size_v<StoredT<Element>>) return false;
      }
      return true;
    } else {
      const auto* list =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<View<Element>>>*>(slot);
      return verifier.VerifyVector(list) && verifier.VerifyVectorOfTables(list);
    }
  }
}

template <Listed T>
bool View<T>::Verify(flatbuffers::Verifier& verifier) const {
  bool ok = VerifyTableStart(verifier);
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    if (!ok) return;
    if constexpr (is_inline<F>) {
      ok = VerifyField<StoredT<F>>(verifier, slot_of<F>(f.number), sizeof(StoredT<F>));
    } else {
      ok = VerifyOffset(verifier, slot_of<F>(f.number)) &&
           verify_reference<F>(verifier, *this, slot_of<F>(f.number));
    }
  });
  return ok && verifier.EndTable();
}

template <Listed T>
void read_table(const flatbuffers::Table& table, T& value);

template <class T>
T bytes_of(const flatbuffers::Vector<std::uint8_t>& stored) {
  StoredT<T> out{};
  std::copy_n(stored.begin(), out.size(), out.begin());
  if constexpr (Strong<T>) {
    return T(out);
  } else {
    return out;
  }
}

template <class T>
void read_reference(const flatbuffers::Table& table, flatbuffers::voffset_t slot, T& value) {
  using S = StoredT<T>;
  if constexpr (std::same_as<S, std::string>) {
    const auto* text = table.GetPointer<const flatbuffers::String*>(slot);
    if (text != nullptr) value = T(text->str());
  } else if constexpr (IsByteArray<S>::value) {
    const auto* bytes = table.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(slot);
    if (bytes != nullptr) value = bytes_of<T>(*bytes);
  } else if constexpr (Listed<T>) {
    const auto* nested = table.GetPointer<const flatbuffers::Table*>(slot);
    if (nested != nullptr) read_table(*nested, value);
  } else {
    using Element = typename T::value_type;
    if constexpr (is_inline<Element>) {
      const auto* list = table.GetPointer<const flatbuffers::Vector<StoredT<Element>>*>(slot);
      if (list == nullptr) return;
      if constexpr (std::is_arithmetic_v<Element> && !std::same_as<Element, bool>) {
        value.assign(list->begin(), list->end());
      } else {
        value.reserve(list->size());
        for (const auto each : *list)
          value.push_back(from_stored<Element>(each));
      }
    } else if constexpr (std::same_as<StoredT<Element>, std::string>) {
      const auto* list =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(
              slot);
      if (list == nullptr) return;
      for (const auto* each : *list)
        value.emplace_back(each->str());
    } else if constexpr (IsByteArray<StoredT<Element>>::value) {
      using Bytes = flatbuffers::Vector<std::uint8_t>;
      const auto* list =
          table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Bytes>>*>(slot);
      if (list == nullptr) return;
      for (const auto* each : *list)
        value.push_back(bytes_of<Element>(*each));
    } else {
      using Tables = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>;
      const auto* list = table.GetPointer<const Tables*>(slot);
      if (list == nullptr) return;
      value.resize(list->size());
      for (flatbuffers::uoffset_t i = 0; i < list->size(); ++i)
        read_table(*list->Get(i), value[i]);
    }
  }
}

template <Listed T>
void read_table(const flatbuffers::Table& table, T& value) {
  for_each_field<T>([&](const auto& f) {
    using F = typename std::remove_cvref_t<decltype(f)>::Type;
    if constexpr (is_inline<F>) {
      value.*f.member =
          from_stored<F>(table.GetField<StoredT<F>>(slot_of<F>(f.number), StoredT<F>{}));
    } else {
      read_reference<F>(table, slot_of<F>(f.number), value.*f.member);
    }
  });
}

// Encoded table as bytes. REQUIRES: the result is at most limits::payload_bytes_max.
template <Listed T>
std::vector<std::uint8_t> encode(const T& value) {
  thread_local Builder builder(4096);
  builder.Clear();
  builder.Finish(flatbuffers::Offset<void>(write_table(builder, value)));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// False when the bytes are not a table of this type; nothing is read before all was verified.
// REQUIRES: bytes are 8-aligned.
template <Listed T>
bool decode(const std::uint8_t* bytes, std::size_t size, T& value) {
  flatbuffers::Verifier verifier(bytes, size, limits::payload_depth_max,
                                 limits::payload_tables_max);
  if (!verifier.VerifyBuffer<View<T>>(nullptr)) return false;
  read_table(flatbuffers::GetRoot<View<T>>(bytes)->table(), value);
  return true;
}

}  // namespace ars::events::flat

#include "actors/entity_key.hpp"

namespace ars::actors {

std::string user_key(const events::Event& event) {
  return std::visit(
      [](const auto& payload) -> std::string {
        if constexpr (requires { payload.user; }) {
          return to_hex(payload.user);
        } else {
          return {};
        }
      },
      event.payload);
}

}  // namespace ars::actors

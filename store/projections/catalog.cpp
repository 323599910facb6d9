#include "store/projections/catalog.hpp"

namespace ars::store {
namespace {

template <class... Ts>
std::vector<std::string_view> names_of(projections::ProjectionList<Ts...>) {
  return {Ts::title...};
}

template <class... Ts>
std::vector<ProjectionPtr> make(projections::ProjectionList<Ts...>) {
  std::vector<ProjectionPtr> out;
  (out.push_back(std::make_unique<Ts>()), ...);
  return out;
}

}  // namespace

std::vector<std::string_view> projection_names() { return names_of(projections::Catalog{}); }

std::vector<ProjectionPtr> make_projections() { return make(projections::Catalog{}); }

}  // namespace ars::store

// The style sheet of the report page. A constant; any thread.
#pragma once

#include <string_view>

namespace ars::model {

std::string_view page_style();

}  // namespace ars::model

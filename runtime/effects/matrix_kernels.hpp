// How a child process that trains should multiply matrices: settings of OpenBLAS for its
// environment. OpenBLAS picks its kernels by a list of processors, and one that is newer than the
// list gets those of 2004. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ars::runtime {

enum class Vectors : std::uint8_t { narrow, wide };  // wide: AVX2 with fused multiply-add

// NAME=value for a child. Its matrices have a few dozen rows, less than what pays for a second
// thread; waiting, that thread would take a core. `core`: the kernels OpenBLAS chose for itself;
// empty: another library multiplies.
std::vector<std::string> matrix_environment(std::string_view core, Vectors vectors);
// The same, of this process and processor. A choice made in our own environment stands.
std::vector<std::string> matrix_environment();

}  // namespace ars::runtime

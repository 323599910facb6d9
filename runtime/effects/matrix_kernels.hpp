// How this process and a child that trains should multiply matrices: settings of OpenBLAS. It picks
// its kernels by a list of processors, and one that is newer than the list gets those of 2004.
// Process-wide; any thread, before matrices are multiplied.
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

// Starts this program anew with the fitting kernels where OpenBLAS chose others: it chooses when it
// is loaded, and never again. Returns where there is nothing to change, or it cannot be. The first
// thing in main().
void restart_with_fitting_kernels(char** argv);

// For a process that scores: a request's few hundred rows do not pay for a second thread, which
// waits by yielding. Nothing happens where another library multiplies.
void multiply_on_one_thread();

}  // namespace ars::runtime

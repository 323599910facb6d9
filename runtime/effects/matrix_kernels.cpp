#include "runtime/effects/matrix_kernels.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace ars::runtime {
namespace {

Vectors vectors_here() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
    return Vectors::wide;
  }
#endif
  return Vectors::narrow;
}

template <class Function>
Function of_openblas(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

std::string_view core_here() {
  const auto ask = of_openblas<char* (*)()>("openblas_get_corename");
  if (ask == nullptr) return {};
  const char* name = ask();
  return name == nullptr ? std::string_view() : std::string_view(name);
}

}  // namespace

std::vector<std::string> matrix_environment(std::string_view core, Vectors vectors) {
  std::vector<std::string> out{"OPENBLAS_NUM_THREADS=1", "OMP_WAIT_POLICY=PASSIVE"};
  if (core == "Prescott" && vectors == Vectors::wide) out.emplace_back("OPENBLAS_CORETYPE=Haswell");
  return out;
}

std::vector<std::string> matrix_environment() {
  const bool chosen = std::getenv("OPENBLAS_CORETYPE") != nullptr;
  return matrix_environment(chosen ? std::string_view() : core_here(), vectors_here());
}

void restart_with_fitting_kernels(char** argv) {
  constexpr std::string_view kernels = "OPENBLAS_CORETYPE=";
  for (const auto& setting : matrix_environment()) {
    if (!setting.starts_with(kernels)) continue;
    ::setenv("OPENBLAS_CORETYPE", setting.c_str() + kernels.size(), 1);
    ::execv("/proc/self/exe", argv);
    return;
  }
}

void multiply_on_one_thread() {
  const auto set = of_openblas<void (*)(int)>("openblas_set_num_threads");
  if (set != nullptr) set(1);
}

}  // namespace ars::runtime

# One warning policy for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(ARS_CCACHE ccache)
if(ARS_CCACHE)
  # ccache takes precompiled headers only when told that their defines and times do not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${ARS_CCACHE}")
endif()

add_library(ars_warnings INTERFACE)
target_compile_options(ars_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  # g++ 12 reports these inside the standard library under -O2; both are known false positives there.
  -Wno-error=maybe-uninitialized -Wno-error=restrict -Wno-error=stringop-overflow
  -Wno-error=array-bounds -Wno-error=dangling-pointer -Wno-error=stringop-overread
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

# What amd64.cmake and arm64.cmake, the CMake toolchains of the static program, have in common. It is
# always cross-compiled, also for the processor of this machine, so that the same sources give the
# same bytes everywhere: nothing is linked but DKR_STATIC_LIBS, where scripts/static-libs.sh puts the
# libraries, and what comes with the compiler.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DKR_STATIC_LIBS)
set(CMAKE_FIND_ROOT_PATH ${DKR_STATIC_LIBS})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} /nonexistent)

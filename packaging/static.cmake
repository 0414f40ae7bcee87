# Flags for the static dkr-ls and for the libraries that are built for it. For use as
# CMAKE_PROJECT_INCLUDE.
include(${CMAKE_CURRENT_LIST_DIR}/hardened.cmake)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(CMAKE_C_FLAGS_RELEASE "-Os -DNDEBUG")  # libcurl and SQLite mostly wait, so size matters more
add_compile_options(
  -ffunction-sections -fdata-sections
  $<$<COMPILE_LANGUAGE:C>:-fno-asynchronous-unwind-tables>  # no exception passes through C
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)  # otherwise __FILE__ contains this machine's directories
set(DKR_STATIC_SOURCES ${CMAKE_CURRENT_LIST_DIR}/static_openssl.cpp)
# -B: before the libraries that come with the compiler.
add_link_options(-static-pie -B${DKR_STATIC_LIBS}/system -L${DKR_STATIC_LIBS}/system -Wl,--gc-sections)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_link_options(-Wl,-z,pack-relative-relocs)
endif()

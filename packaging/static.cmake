# How the static dkr-ls and each library that is built for it are compiled and linked:
# CMAKE_PROJECT_INCLUDE of all of them.
include(${CMAKE_CURRENT_LIST_DIR}/hardened.cmake)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(CMAKE_C_FLAGS_RELEASE "-Os -DNDEBUG")  # libcurl and SQLite wait for others most of the time
add_compile_options(
  -ffunction-sections -fdata-sections
  $<$<COMPILE_LANGUAGE:C>:-fno-asynchronous-unwind-tables>  # no exception passes through C
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)  # else __FILE__ would name the machine's directories
set(DKR_STATIC_SOURCES ${CMAKE_CURRENT_LIST_DIR}/static_openssl.cpp)
add_link_options(-static-pie -Wl,--gc-sections,-z,pack-relative-relocs)

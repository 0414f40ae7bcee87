# Hardening flags for programs that read untrusted bytes. For use as CMAKE_PROJECT_INCLUDE.
add_compile_options(
  -fPIE -fstack-protector-strong -fstack-clash-protection
  $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>  # needs optimisation
  $<$<COMPILE_LANGUAGE:CXX>:-D_GLIBCXX_ASSERTIONS>)
# Jumps and returns lead where the program means them to, if the processor can see to that.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  add_compile_options(-mbranch-protection=standard)
endif()
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)

# Hardening flags for programs that read untrusted bytes. For use as CMAKE_PROJECT_INCLUDE.
add_compile_options(
  -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection
  $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>  # needs optimisation
  $<$<COMPILE_LANGUAGE:CXX>:-D_GLIBCXX_ASSERTIONS>)
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)

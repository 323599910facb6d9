# -DARS_SANITIZE=address;undefined or thread, as the presets dev and tsan set it.
set(ARS_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
if(ARS_SANITIZE)
  add_compile_options(-fsanitize=${ARS_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ARS_SANITIZE})
endif()

#include "http/curl_handles.h"

namespace sosw {

void require_curl() {
  struct Library {
    Library() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~Library() { curl_global_cleanup(); }
  };
  static const Library library;
}

}  // namespace sosw

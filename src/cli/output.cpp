#include "cli/output.h"

namespace sosw {

const Screen& output() {
  static const Screen screen(stdout);
  return screen;
}

void print(std::string_view text) { output().write(text); }

void print_json(const Json& json) { print(to_text(json) + '\n'); }

}  // namespace sosw

#include "cli/screen.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sosw/model/errors.h"

namespace sosw {

Screen::Screen(std::FILE* stream) : stream_(stream), terminal_(isatty(fileno(stream)) == 1) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  colours_ = terminal_ && !(no_colour && *no_colour) && kind && std::string_view(kind) != "dumb";
}

std::size_t Screen::width() const {
  if (!terminal_) return 1'000'000;
  winsize size{};
  if (ioctl(fileno(stream_), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string Screen::paint(std::string_view text, Colour colour) const {
  if (!colours_ || colour == Colour::none || text.empty()) return std::string(text);
  const char* code = "0";
  switch (colour) {
    case Colour::none:
      break;
    case Colour::strong:
      code = "1";
      break;
    case Colour::faint:
      code = "2";
      break;
    case Colour::red:
      code = "31";
      break;
    case Colour::green:
      code = "32";
      break;
    case Colour::yellow:
      code = "33";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void Screen::write(std::string_view text) const {
  if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size() || std::fflush(stream_) != 0)
    throw Error(fmt::format("can't write the output: {}", std::strerror(errno)));
}

}  // namespace sosw

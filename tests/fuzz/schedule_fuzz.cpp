// Any text is a schedule or is refused with words, and a schedule's times grow and end.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sosw/model/errors.h"
#include "sosw/model/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr sosw::Time kStart(1'795'490'346.5), kSince(1'795'000'000.25);
  const std::string_view expression(reinterpret_cast<const char*>(data), size);
  try {
    const auto schedule = sosw::Schedule::parse(expression, sosw::utc_zone());
    sosw::Time moment = kStart;
    for (int i = 0; i < 20; ++i) {
      const auto next = schedule.next_after(moment, kSince);
      if (!next) break;
      if (*next <= moment || *next != schedule.last_between(moment, *next, kSince)) std::abort();
      moment = *next;
    }
  } catch (const sosw::InvalidConfig&) {
  }
  return 0;
}

#include "job/period.h"

#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/calendar.h"
#include "text/json_text.h"

namespace sosw {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view kForms =
    "last_N_days, previous_N_days, N_days_back, today, yesterday or last_week, where N is a whole number";

std::string text_of(sys_days day) {
  const year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// N, when the text is `before`, N, `after`; else nullopt.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  if (text.size() <= before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after))
    return std::nullopt;
  text.remove_prefix(before.size());
  text.remove_suffix(after.size());
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return text;
}

struct Span {
  sys_days first;
  sys_days last;
};

/// nullopt when the period has none of the forms, or reaches back before the calendar begins.
std::optional<Span> span_of(std::string_view period, sys_days today) {
  if (period == "today") return Span{today, today};
  if (period == "yesterday") return Span{today - days(1), today - days(1)};
  if (period == "last_week") {
    const sys_days sunday = today - (std::chrono::weekday(today) - std::chrono::Sunday);
    return Span{sunday - days(7), sunday - days(1)};
  }
  struct Form {
    std::string_view before;
    std::string_view after;
    int least;
    int first;  // how many N before today
  };
  constexpr std::array<Form, 3> forms = {
      {{"last_", "_days", 1, 1}, {"previous_", "_days", 1, 2}, {"", "_days_back", 0, 1}}};
  for (const Form& form : forms) {
    const auto text = between(period, form.before, form.after);
    if (!text) continue;
    const auto n = parse_digits<int>(*text);
    const auto most = (today - *parse_day("0001-01-01")).count() / form.first;
    if (!n || *n < form.least || *n > most) return std::nullopt;
    const sys_days first = today - days(*n * form.first);
    if (form.before.empty()) return Span{first, first};
    return Span{first, first + days(*n - 1)};
  }
  return std::nullopt;
}

}  // namespace

std::string utc_date(Time time) {
  return text_of(sys_days(days(static_cast<int>(std::floor(time.since_epoch() / 86'400)))));
}

bool is_date(std::string_view text) { return parse_day(text).has_value(); }

std::vector<std::string> days_of_period(std::string_view period, std::string_view today) {
  const auto from = parse_day(today);
  if (!from) throw InvalidJob(fmt::format("today must be a date as YYYY-MM-DD, got '{}'", shown(today)));
  const auto span = span_of(period, *from);
  if (!span) throw InvalidJob(fmt::format("period: must be {}; got '{}'", kForms, shown(period)));
  std::vector<std::string> dates;
  dates.reserve(static_cast<std::size_t>((span->last - span->first).count()) + 1);
  for (sys_days day = span->first; day <= span->last; day += days(1)) dates.push_back(text_of(day));
  return dates;
}

}  // namespace sosw

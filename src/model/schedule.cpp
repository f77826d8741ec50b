#include "sosw/model/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "model/cron.h"

namespace sosw {
namespace {

constexpr auto kForms =
    "must be rate(5 minutes), cron(minutes hours day-of-month month day-of-week year), such as "
    "cron(0 2 * * ? *), or at(2026-11-24T10:00:00)";
constexpr std::int64_t kMinute = 60;                // seconds
constexpr std::int64_t kEnd = 7'258'118'400;        // 2200-01-01T00:00:00Z
constexpr std::int64_t kLongestRate = 100'000'000;  // of any unit; longer than the years of cron

struct Rate {
  std::int64_t every;  ///< seconds
};

struct Once {
  std::int64_t moment;
};

struct Recurring {
  Cron cron;
  std::shared_ptr<const TimeZone> zone;
};

/// The whole text as a number from 1 on; nullopt for anything else.
std::optional<std::int64_t> positive(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

Rate parse_rate(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> units = {
      {{"minute", kMinute}, {"hour", 60 * kMinute}, {"day", 1440 * kMinute}}};
  const auto space = std::min(text.find(' '), text.size());
  const auto value = positive(text.substr(0, space));
  const std::string_view unit = text.substr(std::min(space + 1, text.size()));
  const std::string_view singular = unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
  const auto known = std::ranges::find(units, singular, [](const auto& entry) { return entry.first; });
  if (!value || *value > kLongestRate || known == units.end())
    throw InvalidConfig(
        "", fmt::format("rate({}): must be a whole number of at least 1 and minutes, hours or days, such as "
                        "rate(5 minutes)",
                        text));
  const std::string right = fmt::format("{} {}{}", *value, singular, *value == 1 ? "" : "s");
  if (text != right) throw InvalidConfig("", fmt::format("rate({}): write rate({})", text, right));
  return {*value * known->second};
}

/// The digits at `begin`; nullopt when there are others among them.
std::optional<int> digits(std::string_view text, std::size_t begin, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(begin, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// A local time as YYYY-MM-DDThh:mm:ss; nullopt for other text and for a time that no calendar has.
std::optional<std::int64_t> local_time_from(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] != 'd' && form[i] != text[i]) return std::nullopt;
  const auto y = digits(text, 0, 4), mon = digits(text, 5, 2), d = digits(text, 8, 2);
  const auto h = digits(text, 11, 2), min = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!y || !mon || !d || !h || !min || !s) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mon)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *y < 1970 || *y > 2199 || *h > 23 || *min > 59 || *s > 59) return std::nullopt;
  return (local_days{date}.time_since_epoch() + hours{*h} + minutes{*min} + seconds{*s}) / seconds{1};
}

Once parse_once(std::string_view text, const TimeZone& zone) {
  const auto local = local_time_from(text);
  if (!local)
    throw InvalidConfig("", fmt::format("at({}): must be a time from 1970 to 2199 without a zone, such as "
                                        "at(2026-11-24T10:00:00)",
                                        text));
  const TimeZone::Showing showing = zone.when_shown(*local);
  if (showing.skipped)
    throw InvalidConfig("", fmt::format("at({}): the clocks of that time zone jump over this time; "
                                        "choose one before or after",
                                        text));
  return {showing.moment};
}

std::optional<std::int64_t> next(const Rate& rate, std::int64_t moment, std::int64_t since) {
  const std::int64_t past = std::max<std::int64_t>(0, moment - since) / rate.every;
  return since + (past + 1) * rate.every;
}

std::optional<std::int64_t> next(const Once& once, std::int64_t moment, std::int64_t) {
  return once.moment > moment ? std::optional(once.moment) : std::nullopt;
}

std::optional<std::int64_t> next(const Recurring& plan, std::int64_t moment, std::int64_t) {
  std::optional<std::int64_t> local = plan.zone->shown_at(moment) + 1;
  while ((local = first_from(plan.cron, *local))) {
    const TimeZone::Showing showing = plan.zone->when_shown(*local);
    if (!showing.skipped && showing.moment > moment) return showing.moment;
    *local += kMinute;  // skipped, or shown for the second time now
  }
  return std::nullopt;
}

/// Whole seconds, limited to computable values.
std::int64_t whole_seconds(Time time) {
  if (std::isnan(time.since_epoch())) return 0;
  return static_cast<std::int64_t>(std::clamp<double>(std::floor(time.since_epoch()), -kEnd, kEnd));
}

}  // namespace

struct Schedule::Plan {
  std::variant<Rate, Once, Recurring> kind;
};

Schedule Schedule::parse(std::string_view expression, std::shared_ptr<const TimeZone> zone) {
  const auto inside = [&](std::string_view name) -> std::optional<std::string_view> {
    if (!expression.starts_with(name) || !expression.ends_with(')')) return std::nullopt;
    return expression.substr(name.size(), expression.size() - name.size() - 1);
  };
  if (const auto text = inside("rate(")) return Schedule(std::make_shared<Plan>(Plan{parse_rate(*text)}));
  if (const auto text = inside("at("))
    return Schedule(std::make_shared<Plan>(Plan{parse_once(*text, *zone)}));
  if (const auto text = inside("cron("))
    return Schedule(std::make_shared<Plan>(Plan{Recurring{parse_cron(*text), std::move(zone)}}));
  throw InvalidConfig("", fmt::format("'{}' is no schedule; it {}", expression, kForms));
}

std::optional<Time> Schedule::next_after(Time moment, Time since) const {
  const auto found = std::visit(
      [&](const auto& plan) { return next(plan, whole_seconds(moment), whole_seconds(since)); }, plan_->kind);
  if (!found || *found >= kEnd) return std::nullopt;
  return Time(static_cast<double>(*found));
}

std::optional<Time> Schedule::last_between(Time moment, Time until, Time since) const {
  std::optional<Time> last = next_after(moment, since);
  if (!last || *last > until) return std::nullopt;
  // There is no time after `end`, and all times are whole seconds.
  for (Time end = until; end - *last > 1;) {
    const Time middle = *last + std::floor((end - *last) / 2);
    const auto later = next_after(middle, since);
    if (later && *later <= until)
      last = later;
    else
      end = middle;
  }
  return last;
}

}  // namespace sosw

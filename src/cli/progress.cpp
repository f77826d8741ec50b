#include "cli/progress.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/human_text.h"

namespace sosw {
namespace {

constexpr Seconds kRedrawPeriod = 0.1;
constexpr Seconds kPlainPeriod = 5;
constexpr Seconds kRateSpan = 10;  // the rate is that of the last seconds
constexpr std::size_t kWidestBar = 30;
constexpr std::size_t kNarrowestBar = 5;

std::string repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string done_of_total(const JobProgress& progress) {
  // While a job is still being chunked, only the number written so far is known.
  return fmt::format("{}/{}{}", with_thousands(progress.closed()),
                     with_thousands(progress.total.value_or(progress.scheduled)), progress.total ? "" : "+");
}

std::string problem_of(const JobsSnapshot& snapshot) {
  return snapshot.problem.empty() ? "" : "  " + printable(snapshot.problem);
}

}  // namespace

ProgressDisplay::ProgressDisplay(StatusLine& line, Time started)
    : line_(line), next_(line.screen().is_terminal() ? started : started + kPlainPeriod) {}

void ProgressDisplay::update(const JobsSnapshot& snapshot, Time now) {
  if (now < next_ && !recent_.empty()) return;
  recent_.push_back({now, snapshot.progress.closed()});
  while (recent_.size() > 2 && recent_.front().time < now - kRateSpan) recent_.pop_front();
  if (now < next_) return;
  if (line_.screen().is_terminal()) {
    next_ = now + kRedrawPeriod;
    line_.show(bar_line(snapshot));
  } else {
    next_ = now + kPlainPeriod;
    line_.print(plain_line(snapshot));
  }
}

std::string ProgressDisplay::facts(const JobsSnapshot& snapshot) const {
  std::string text = fmt::format("  {} running", with_thousands(snapshot.running));
  if (snapshot.retrying > 0) text += fmt::format("  {} waiting", with_thousands(snapshot.retrying));
  if (snapshot.progress.dead > 0) text += fmt::format("  {} dead", with_thousands(snapshot.progress.dead));
  const Seconds span = recent_.back().time - recent_.front().time;
  const auto closed = static_cast<double>(recent_.back().closed - recent_.front().closed);
  if (span < 1 || closed <= 0) return text;
  text += fmt::format("  {}", rate(closed / span));
  if (snapshot.progress.total) {
    const auto left = static_cast<double>(*snapshot.progress.total - snapshot.progress.closed());
    text += fmt::format("  ETA {}", lasting(std::ceil(left * span / closed)));
  }
  return text;
}

std::string ProgressDisplay::plain_line(const JobsSnapshot& snapshot) const {
  return done_of_total(snapshot.progress) + " tasks" + facts(snapshot) + problem_of(snapshot);
}

std::string ProgressDisplay::bar_line(const JobsSnapshot& snapshot) const {
  const std::string text = "  " + done_of_total(snapshot.progress) + facts(snapshot) + problem_of(snapshot);
  const std::size_t width = line_.screen().width() - 1;  // a full line would wrap on some terminals
  const std::size_t taken = columns_of(text);
  if (taken + kNarrowestBar > width) return truncated_to(text, width);
  const std::size_t bar = std::min(kWidestBar, width - taken);
  const auto total = static_cast<double>(
      std::max<std::int64_t>(1, snapshot.progress.total.value_or(snapshot.progress.scheduled)));
  const double share = static_cast<double>(snapshot.progress.closed()) / total;
  const std::size_t full = std::min(bar, static_cast<std::size_t>(share * static_cast<double>(bar)));
  return line_.screen().paint(repeat("█", full), Colour::green) + repeat("░", bar - full) + text;
}

}  // namespace sosw

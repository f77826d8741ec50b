#include "cli/status_line.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "cli/human_text.h"

namespace sosw {
namespace {

constexpr std::string_view kErase = "\r\x1b[K";
constexpr Seconds kFlushPatience = 1;

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(std::shared_ptr<StatusLine> line) : line_(std::move(line)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    const Colour colour = message.level >= spdlog::level::err    ? Colour::red
                          : message.level == spdlog::level::warn ? Colour::yellow
                                                                 : Colour::none;
    line_->print(line_->screen().paint(printable({text.data(), text.size()}), colour));
  }
  void flush_() override {}

 private:
  std::shared_ptr<StatusLine> line_;
};

}  // namespace

StatusLine::StatusLine() = default;
StatusLine::~StatusLine() { clear(); }

void StatusLine::never_wait() {
  const std::lock_guard lock(mutex_);
  if (!background_) background_ = std::make_unique<BackgroundOutput>(STDERR_FILENO);
}

void StatusLine::flush() {
  const std::lock_guard lock(mutex_);
  if (background_) background_->flush(kFlushPatience);
}

void StatusLine::write(std::string text) const {
  if (background_) return background_->write(std::move(text));
  try {
    screen_.write(text);
  } catch (const Error&) {
  }
}

void StatusLine::show(const std::string& text) {
  if (!screen_.is_terminal()) return;
  const std::lock_guard lock(mutex_);
  shown_ = text;
  std::string drawn = std::string(kErase) + shown_;
  background_ ? background_->write_if_idle(std::move(drawn)) : write(std::move(drawn));
}

void StatusLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!shown_.empty()) write(std::string(kErase));
  shown_.clear();
}

void StatusLine::print(std::string_view line) {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (!shown_.empty()) text += kErase;
  text.append(line).append("\n").append(shown_);
  write(std::move(text));
}

std::shared_ptr<StatusLine> log_to_stderr(spdlog::level::level_enum level) {
  auto line = std::make_shared<StatusLine>();
  auto logger = std::make_shared<spdlog::logger>("sosw", std::make_shared<StderrSink>(line));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%H:%M:%S %l: %v", spdlog::pattern_time_type::local, /*eol=*/""));
  logger->set_level(level);
  spdlog::set_default_logger(std::move(logger));
  return line;
}

}  // namespace sosw

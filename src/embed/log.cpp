#include "sosw/embed/log.h"

#include <memory>
#include <mutex>
#include <utility>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

namespace sosw {
namespace {

LogLevel level_of(spdlog::level::level_enum level) {
  return level >= spdlog::level::err    ? LogLevel::error
         : level == spdlog::level::warn ? LogLevel::warning
         : level == spdlog::level::info ? LogLevel::info
                                        : LogLevel::debug;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

class ForwardingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ForwardingSink(LogSink receiver) : sink_(std::move(receiver)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    sink_(level_of(message.level), {message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  LogSink sink_;
};

}  // namespace

void set_log(LogSink sink, LogLevel least) {
  auto logger = std::make_shared<spdlog::logger>("sosw", std::make_shared<ForwardingSink>(std::move(sink)));
  logger->set_level(level_of(least));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace sosw

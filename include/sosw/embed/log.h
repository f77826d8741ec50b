#pragma once

#include <functional>
#include <string_view>

namespace sosw {

enum class LogLevel { debug, info, warning, error };

/// Receives one message, which may have several lines. Called from any thread, one call at a time; must not
/// call a JobQueue.
using LogSink = std::function<void(LogLevel, std::string_view message)>;

/// Sets where the library's messages of at least that level go, for the whole process. By default they go to
/// the default logger of spdlog, which writes to standard output unless the program has set another. Call it
/// before the first JobQueue.
void set_log(LogSink, LogLevel least = LogLevel::info);

}  // namespace sosw

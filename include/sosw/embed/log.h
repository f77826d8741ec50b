#pragma once

#include <functional>
#include <string_view>

namespace sosw {

enum class LogLevel { debug, info, warning, error };

/// Receives one message, which may have several lines. Called by any thread, one at a time; must not call a
/// JobQueue.
using LogSink = std::function<void(LogLevel, std::string_view message)>;

/// Where the library's messages of at least that level go from now on, for the whole process. Without it they
/// go to the default logger of spdlog, which writes to standard output unless the program has set another.
/// Call it before the first JobQueue.
void set_log(LogSink, LogLevel least = LogLevel::info);

}  // namespace sosw

#include "cli/background_output.h"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace sosw {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;  // of waiting text
constexpr Seconds kLastPatience = 1;

/// Returns when all is written, or can't be, which is ignored.
void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    text.remove_prefix(static_cast<std::size_t>(written < 0 ? 0 : written));
  }
}

}  // namespace

struct BackgroundOutput::State {
  int file = -1;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> waiting;
  std::size_t bytes = 0;  ///< of waiting text
  std::size_t lost = 0;   ///< texts
  bool is_writing = false;
  bool is_over = false;

  bool is_idle() const { return waiting.empty() && lost == 0 && !is_writing; }

  void put(std::string text) {
    bytes += text.size();
    waiting.push_back(std::move(text));
    changed.notify_all();
  }

  /// The next text to write; the note on lost text comes after all that waited then.
  std::string take() {
    if (waiting.empty())
      return fmt::format("warning: {} lines of the log are lost here: they were not read in time\n",
                         std::exchange(lost, 0));
    std::string text = std::move(waiting.front());
    waiting.pop_front();
    bytes -= text.size();
    return text;
  }
};

BackgroundOutput::BackgroundOutput(int file) : state_(std::make_shared<State>()) {
  state_->file = file;
  std::thread([state = state_] { work(state); }).detach();
}

BackgroundOutput::~BackgroundOutput() {
  flush(kLastPatience);
  const std::lock_guard lock(state_->mutex);
  state_->is_over = true;
  state_->changed.notify_all();
}

void BackgroundOutput::write(std::string text) {
  const std::lock_guard lock(state_->mutex);
  if (state_->lost > 0 || state_->bytes + text.size() > kMostBytes)
    ++state_->lost;
  else
    state_->put(std::move(text));
}

void BackgroundOutput::write_if_idle(std::string text) {
  const std::lock_guard lock(state_->mutex);
  if (state_->is_idle()) state_->put(std::move(text));
}

void BackgroundOutput::flush(Seconds timeout) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, std::chrono::duration<double>(timeout),
                           [this] { return state_->is_idle(); });
}

void BackgroundOutput::work(const std::shared_ptr<State>& state) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->changed.wait(lock, [&] { return state->is_over || !state->is_idle(); });
    if (state->is_over) return;
    const std::string text = state->take();
    state->is_writing = true;
    lock.unlock();
    write_all(state->file, text);
    lock.lock();
    state->is_writing = false;
    state->changed.notify_all();
  }
}

}  // namespace sosw

#include "runners/supervisor/supervisor_process.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <exception>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runners/supervisor/supervised_processes.h"
#include "runners/supervisor/supervisor_cgroup.h"
#include "runners/supervisor/supervisor_messages.h"

namespace sosw {
namespace {

constexpr int kRequestsInARow = 16;  // before ended processes are checked

/// The standard files belong to our parent, which may wait for them to be closed.
void let_go_of_standard_files() {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int file = 0; file < 3; ++file) {
    // Started without standard files: the descriptor may be a lock, which must stay open.
    if ((fcntl(file, F_GETFD) & FD_CLOEXEC) != 0) fcntl(file, F_DUPFD_CLOEXEC, 3);
    dup2(nothing, file);
  }
  if (nothing >= 3) close(nothing);
}

/// Inherited files stay open here, but are not passed on.
void keep_files_from_children() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int file = std::atoi(entry.path().filename().c_str());
    if (file >= 3) fcntl(file, F_SETFD, FD_CLOEXEC);
  }
}

/// Children start with all signals at their defaults. None reaches us: they are blocked.
void settle_signals() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
}

Descriptor notice_of_ended_children() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGCHLD);
  return Descriptor(signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
}

class SupervisorLoop {
 public:
  explicit SupervisorLoop(Descriptor socket) : socket_(std::move(socket)), packet_(kLargestRequest) {}

  void run() {
    while (connected_) {
      wait();
      serve();
      signalfd_siginfo seen{};
      while (read(ends_.number(), &seen, sizeof seen) > 0) {
      }
      processes_.clean_up();
      answer();
    }
    processes_.end_all();
  }

 private:
  void wait() {
    const short interest = static_cast<short>(replies_.empty() ? POLLIN : POLLIN | POLLOUT);
    std::array<pollfd, 2> files{pollfd{socket_.number(), interest, 0}, pollfd{ends_.number(), POLLIN, 0}};
    poll(files.data(), files.size(), processes_.poll_timeout());
  }

  void serve() {
    for (int i = 0; i < kRequestsInARow; ++i) {
      const auto received = receive_packet(socket_.number(), packet_);
      if (!received) return;
      if (received->size == 0) {
        connected_ = false;
        return;
      }
      carry_out({packet_.data(), received->size}, received->files);
    }
  }

  void carry_out(std::span<char> packet, const std::array<int, 3>& files) {
    const RequestHead head = request_head(packet);
    if (head.kind == RequestKind::signal)
      processes_.signal(head.id, static_cast<int>(head.signal));
    else
      processes_.start(start_request(packet), files);
    for (const int file : files)
      if (file >= 0) close(file);
  }

  /// Never waits for the peer, which may be waiting for us.
  void answer() {
    for (const Reply& reply : processes_.replies()) replies_.push_back(reply);
    while (!replies_.empty()) {
      const auto* bytes = reinterpret_cast<const char*>(&replies_.front());
      if (send_packet(socket_.number(), {bytes, sizeof(Reply)}, {}) != 0) return;
      replies_.pop_front();
    }
  }

  Descriptor socket_;
  Descriptor ends_ = notice_of_ended_children();
  std::vector<char> packet_;
  SupervisedProcesses processes_;
  std::deque<Reply> replies_;
  bool connected_ = true;
};

}  // namespace

void run_supervisor(Descriptor socket) {
  setsid();
  prctl(PR_SET_NAME, "sosw-supervisor");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  enter_own_cgroup();
  settle_signals();
  let_go_of_standard_files();
  try {
    keep_files_from_children();
    SupervisorLoop(std::move(socket)).run();
  } catch (const std::exception&) {
    // No memory, or no /proc: the processes die with us, by their parent's death signal.
  }
  _exit(0);
}

}  // namespace sosw

#include "runners/supervisor/supervisor.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "runners/supervisor/orphans.h"
#include "runners/supervisor/process_list.h"
#include "runners/supervisor/supervisor_cgroup.h"
#include "runners/supervisor/supervisor_messages.h"
#include "runners/supervisor/supervisor_process.h"

namespace sosw {
namespace {

struct Ends {
  Descriptor ours, supervisors;
};

/// Not among the standard files, even when those are closed: the supervisor replaces them.
Descriptor above_standard_files(int file) {
  Descriptor low(file);
  return file >= 3 ? std::move(low) : Descriptor(fcntl(file, F_DUPFD_CLOEXEC, 3));
}

Ends make_socket() {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(fmt::format("no worker process can be started: {}", std::strerror(errno)));
  return {above_standard_files(ends[0]), above_standard_files(ends[1])};
}

ProcessEvent event_of(const Reply& reply) {
  if (reply.kind == Reply::Kind::ended) return {.id = reply.id, .status = reply.value};
  const std::string what = reply.step == StartStep::directory ? "its directory can't be entered: " : "";
  return {
      .id = reply.id,
      .kind = reply.step == StartStep::fork ? ProcessEvent::Kind::shortage : ProcessEvent::Kind::unstartable,
      .problem = what + std::strerror(reply.value)};
}

}  // namespace

Supervisor::Supervisor() {
  Ends ends = make_socket();
  process_ = fork();
  if (process_ < 0) throw Error(fmt::format("no worker process can be started: {}", std::strerror(errno)));
  if (process_ == 0) {
    ends.ours.reset();
    run_supervisor(std::move(ends.supervisors));
  }
  socket_ = std::move(ends.ours);
}

Supervisor::~Supervisor() {
  const auto its_state = state_of(process_);
  shutdown(socket_.number(), SHUT_RDWR);  // closing is not enough if a fork has a copy
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (its_state) remove_cgroup_of(process_, its_state->began);
}

std::error_code Supervisor::start(std::uint64_t id, const ProcessPlan& plan) {
  const std::string packet = start_packet(id, plan.directory.string(), plan.argv, plan.environment);
  if (packet.size() > kLargestRequest) return std::make_error_code(std::errc::argument_list_too_long);
  const std::array<int, 3> files{plan.files[0].number(), plan.files[1].number(), plan.files[2].number()};
  return {send_packet(socket_.number(), packet, files), std::generic_category()};
}

bool Supervisor::is_gone() const {
  pollfd socket{.fd = socket_.number(), .events = 0, .revents = 0};
  return poll(&socket, 1, 0) == 1 && (socket.revents & POLLHUP) != 0;
}

void Supervisor::signal(std::uint64_t id, int number) {
  const RequestHead request{
      .id = id, .kind = RequestKind::signal, .signal = static_cast<std::uint32_t>(number)};
  const std::span packet(reinterpret_cast<const char*>(&request), sizeof request);
  // The supervisor never waits for us, so this does not take long.
  while (send_packet(socket_.number(), packet, {}) == EAGAIN) {
    pollfd writable{socket_.number(), POLLOUT, 0};
    poll(&writable, 1, -1);
  }
}

std::optional<std::vector<ProcessEvent>> Supervisor::take_events() {
  std::vector<ProcessEvent> process_events;
  Reply reply{};
  for (;;) {
    const auto received = receive_packet(socket_.number(), {reinterpret_cast<char*>(&reply), sizeof reply});
    if (!received) return process_events;
    if (received->size == 0) break;
    process_events.push_back(event_of(reply));
  }
  if (!process_events.empty()) return process_events;  // the next call finds that it is gone
  end_orphans();
  return std::nullopt;
}

}  // namespace sosw

#include "runners/supervisor/supervisor_messages.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace sosw {
namespace {

void append(std::string& packet, const std::string& text) { packet.append(text.c_str(), text.size() + 1); }

char* next_text(std::span<char>& rest) {
  char* text = rest.data();
  rest = rest.subspan(std::strlen(text) + 1);
  return text;
}

struct alignas(cmsghdr) FilesSpace {
  std::array<char, CMSG_SPACE(3 * sizeof(int))> bytes{};
};

}  // namespace

std::string start_packet(std::uint64_t id, const std::string& directory, std::span<const std::string> argv,
                         std::span<const std::string> environment) {
  const RequestHead head{.id = id,
                         .kind = RequestKind::start,
                         .signal = 0,
                         .arguments = static_cast<std::uint32_t>(argv.size()),
                         .variables = static_cast<std::uint32_t>(environment.size())};
  std::string packet(reinterpret_cast<const char*>(&head), sizeof head);
  append(packet, directory);
  for (const std::string& argument : argv) append(packet, argument);
  for (const std::string& variable : environment) append(packet, variable);
  return packet;
}

RequestHead request_head(std::span<const char> packet) {
  RequestHead head{};
  std::memcpy(&head, packet.data(), sizeof head);
  return head;
}

StartRequest start_request(std::span<char> packet) {
  const RequestHead head = request_head(packet);
  std::span<char> rest = packet.subspan(sizeof head);
  StartRequest request{.id = head.id, .directory = next_text(rest)};
  for (std::uint32_t i = 0; i < head.arguments; ++i) request.argv.push_back(next_text(rest));
  for (std::uint32_t i = 0; i < head.variables; ++i) request.environment.push_back(next_text(rest));
  return request;
}

int send_packet(int socket, std::span<const char> packet, std::span<const int> files) {
  iovec part{const_cast<char*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  FilesSpace space;
  if (!files.empty()) {
    message.msg_control = space.bytes.data();
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(control), files.data(), files.size_bytes());
  }
  for (;;) {
    if (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

std::optional<Received> receive_packet(int socket, std::span<char> room) {
  iovec part{room.data(), room.size()};
  FilesSpace space;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space.bytes.data();
  message.msg_controllen = space.bytes.size();
  const ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (size <= 0) return Received{};
  Received received{.size = static_cast<std::size_t>(size)};
  const cmsghdr* control = CMSG_FIRSTHDR(&message);
  if (control && control->cmsg_type == SCM_RIGHTS)
    std::memcpy(received.files.data(), CMSG_DATA(control), control->cmsg_len - CMSG_LEN(0));
  return received;
}

}  // namespace sosw

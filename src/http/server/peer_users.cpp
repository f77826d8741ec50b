#include "http/server/peer_users.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sosw::web {
namespace {

/// An address and a port, as the kernel holds them: in network order; the words of IPv4 are one.
struct End {
  std::array<std::uint32_t, 4> words{};
  std::uint16_t port = 0;
};

/// A connection as seen from its other end.
struct Ends {
  int family = 0;
  End theirs, ours;
};

std::optional<End> end_from(const sockaddr_storage& address) {
  End end;
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    end.words[0] = four.sin_addr.s_addr;
    end.port = four.sin_port;
  } else if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(end.words.data(), &six.sin6_addr, sizeof six.sin6_addr);
    end.port = six.sin6_port;
  } else {
    return std::nullopt;
  }
  return end;
}

std::optional<Ends> ends_of(int socket) {
  sockaddr_storage theirs{}, ours{};
  socklen_t size = sizeof theirs;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&theirs), &size) != 0) return std::nullopt;
  size = sizeof ours;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&ours), &size) != 0) return std::nullopt;
  const auto their_end = end_from(theirs);
  const auto our_end = end_from(ours);
  if (!their_end || !our_end) return std::nullopt;
  return Ends{theirs.ss_family, *their_end, *our_end};
}

struct Question {
  nlmsghdr head;
  inet_diag_req_v2 body;
};

Question question_about(const Ends& ends, std::uint32_t number) {
  Question question{};
  question.head.nlmsg_len = sizeof question;
  question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.head.nlmsg_flags = NLM_F_REQUEST;
  question.head.nlmsg_seq = number;
  question.body.sdiag_family = static_cast<std::uint8_t>(ends.family);
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = ~std::uint32_t{0};
  inet_diag_sockid& id = question.body.id;
  std::memcpy(id.idiag_src, ends.theirs.words.data(), sizeof id.idiag_src);
  std::memcpy(id.idiag_dst, ends.ours.words.data(), sizeof id.idiag_dst);
  id.idiag_sport = ends.theirs.port;
  id.idiag_dport = ends.ours.port;
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return question;
}

struct Found {
  bool answered = false;
  std::optional<uid_t> user;
};

/// A socket that no program holds any more is shown with the user 0, and without an inode.
std::optional<uid_t> user_if_open(uid_t user, std::uint64_t inode) {
  return inode == 0 ? std::nullopt : std::optional(user);
}

Found ask_netlink(int netlink, const Ends& ends, std::uint32_t number) {
  const Question question = question_about(ends, number);
  if (send(netlink, &question, sizeof question, MSG_NOSIGNAL) != sizeof question) return {};
  alignas(nlmsghdr) std::array<char, 4096> room{};
  const auto* head = reinterpret_cast<const nlmsghdr*>(room.data());
  ssize_t size = 0;
  do size = recv(netlink, room.data(), room.size(), 0);  // skips late answers
  while (size >= static_cast<ssize_t>(sizeof *head) && head->nlmsg_seq != number);
  if (size < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg))) ||
      head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return {};
  inet_diag_msg message{};
  std::memcpy(&message, room.data() + NLMSG_HDRLEN, sizeof message);
  return {.answered = true, .user = user_if_open(message.idiag_uid, message.idiag_inode)};
}

/// As in /proc/net/tcp: the words as numbers of this machine, the port as it is read.
std::string text_of(const End& end, int family) {
  std::string text;
  for (int word = 0; word < (family == AF_INET ? 1 : 4); ++word)
    text += fmt::format("{:08X}", end.words[static_cast<std::size_t>(word)]);
  return text + fmt::format(":{:04X}", ntohs(end.port));
}

std::optional<uid_t> ask_proc(const Ends& ends, const char* file, int family) {
  const std::string theirs = text_of(ends.theirs, family), ours = text_of(ends.ours, family);
  std::ifstream table(file);
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, resent;
    uid_t user = 0;
    std::uint64_t timeouts = 0, inode = 0;
    fields >> number >> local >> remote;
    if (local != theirs || remote != ours) continue;
    if (fields >> state >> queues >> timer >> resent >> user >> timeouts >> inode)
      return user_if_open(user, inode);
  }
  return std::nullopt;
}

/// ::ffff:127.0.0.1, as a dual-stack server sees an IPv4 client.
bool is_mapped(const Ends& ends) {
  return ends.family == AF_INET6 && ends.theirs.words[0] == 0 && ends.theirs.words[1] == 0 &&
         ends.theirs.words[2] == htonl(0xffff);
}

std::optional<uid_t> ask_proc(Ends ends) {
  if (is_mapped(ends)) {
    ends.theirs.words[0] = ends.theirs.words[3];
    ends.ours.words[0] = ends.ours.words[3];
    return ask_proc(ends, "/proc/net/tcp", AF_INET);
  }
  return ask_proc(ends, ends.family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6", ends.family);
}

}  // namespace

PeerUsers::PeerUsers() : netlink_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
  // The kernel answers synchronously.
  const timeval timeout{.tv_sec = 1, .tv_usec = 0};
  if (netlink_ >= 0) setsockopt(netlink_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

PeerUsers::~PeerUsers() {
  if (netlink_ >= 0) close(netlink_);
}

std::optional<uid_t> PeerUsers::user_at(int socket) {
  const auto ends = ends_of(socket);
  if (!ends) return std::nullopt;
  const Found found = netlink_ >= 0 ? ask_netlink(netlink_, *ends, ++questions_) : Found{};
  netlink_answers_ = netlink_answers_ || found.answered;
  return netlink_answers_ ? found.user : ask_proc(*ends);
}

}  // namespace sosw::web

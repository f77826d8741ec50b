#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace sosw::web {

/// Finds the users whose programs are at the other end of connections within this machine. The kernel knows
/// the user who created a socket; it is queried over netlink (sock_diag(7)) or, where that is unavailable,
/// through /proc/net/tcp, which takes longer the more connections there are. One thread at a time.
class PeerUsers {
 public:
  PeerUsers();
  ~PeerUsers();
  PeerUsers(const PeerUsers&) = delete;
  PeerUsers& operator=(const PeerUsers&) = delete;

  /// Of the program that connected to this TCP socket. Returns nullopt for one on another machine, for one
  /// that has closed its socket already, and where the kernel does not provide it.
  std::optional<uid_t> user_at(int socket);

 private:
  int netlink_ = -1;
  std::uint32_t questions_ = 0;
  bool netlink_answers_ = false;  ///< it has at least once
};

}  // namespace sosw::web

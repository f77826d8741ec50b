#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace sosw::web {

/// Tells whose programs are at the other end of connections within this machine. The kernel knows the user
/// who made a socket; it is asked over netlink (sock_diag(7)) or, where that is not to be had, through
/// /proc/net/tcp, which takes longer the more connections there are. One thread at a time.
class PeerUsers {
 public:
  PeerUsers();
  ~PeerUsers();
  PeerUsers(const PeerUsers&) = delete;
  PeerUsers& operator=(const PeerUsers&) = delete;

  /// Of the program that connected to this TCP socket. Returns nullopt for one on another machine, for one
  /// that has closed its socket already, and where the kernel does not say.
  std::optional<uid_t> user_at(int socket);

 private:
  int netlink_ = -1;
  std::uint32_t questions_ = 0;
  bool netlink_answers_ = false;  ///< it has, once
};

}  // namespace sosw::web

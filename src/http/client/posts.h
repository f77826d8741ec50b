#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "sosw/model/time.h"

namespace sosw {

/// A JSON document for a server.
struct Post {
  std::string url;                             ///< http or https; may hold user:password@
  std::map<std::string, std::string> headers;  ///< in addition to Content-Type
  std::string json;
  Seconds timeout = 60;  ///< for everything together
};

struct PostAnswer {
  enum class Kind {
    answered,  ///< there is a status, of any value
    not_sent,  ///< not one byte of it left: the server surely did not receive it
    lost,      ///< no complete answer after something was sent
  };
  Kind kind = Kind::not_sent;
  int status = 0;
  std::string body;     ///< up to 6 MiB
  std::string problem;  ///< unless answered; holds no secret
};

/// POSTs, each on its own connection, so that none is ever sent twice; any number at once, on one thread. TLS
/// certificates are checked, redirects are not followed.
class Posts {
 public:
  Posts();
  ~Posts();  ///< stop(0)

  /// `done` is called once on the thread of Posts, unless stop() aborts the post. False after stop(): then
  /// nothing is sent. Any thread.
  bool send(Post, std::function<void(PostAnswer)> done);

  /// Takes nothing more; returns when all are answered, aborting the rest after `grace`.
  void stop(Seconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sosw

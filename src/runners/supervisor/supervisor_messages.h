#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sosw {

/// The packets between a process and its supervisor. Both are of the same build, so numbers are sent in
/// native format.

enum class RequestKind : std::uint32_t { start, signal };

struct RequestHead {
  std::uint64_t id;
  RequestKind kind;
  std::uint32_t signal;     ///< kind signal: which
  std::uint32_t arguments;  ///< kind start: how many of the texts after the directory are argv; ...
  std::uint32_t variables;  ///< ... the rest are environment
};

/// A start as stored in the packet: terminated texts that can be passed to exec.
struct StartRequest {
  std::uint64_t id = 0;
  char* directory = nullptr;
  std::vector<char*> argv;
  std::vector<char*> environment;
};

/// The steps at which a start can fail.
enum class StartStep : std::int32_t { fork, directory, program };

struct Reply {
  enum class Kind : std::int32_t { ended, not_started };
  std::uint64_t id;
  Kind kind;
  std::int32_t value;  ///< ended: status as from waitpid(); not_started: errno
  StartStep step;      ///< not_started: where
};

/// The largest packet; a start that does not fit is refused.
constexpr std::size_t kLargestRequest = std::size_t{192} * 1024;

/// The texts are appended to the head.
std::string start_packet(std::uint64_t id, const std::string& directory, std::span<const std::string> argv,
                         std::span<const std::string> environment);

RequestHead request_head(std::span<const char> packet);

/// The texts point into the packet.
StartRequest start_request(std::span<char> packet);

/// Sends a packet with descriptors. Returns 0 or errno; never waits, never raises SIGPIPE.
int send_packet(int socket, std::span<const char> packet, std::span<const int> files);

struct Received {
  std::size_t size = 0;  ///< 0: the peer is gone
  std::array<int, 3> files{-1, -1, -1};
};

/// nullopt when there is currently no packet. Never waits.
std::optional<Received> receive_packet(int socket, std::span<char> room);

}  // namespace sosw

#include "simulation/machine/coverage.h"

namespace sosw::simulation {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Happened::count_)> kNames = {
    "crash before effect",
    "crash after effect",
    "crash of host",
    "error before effect",
    "error after effect",
    "batch half done",
    "throttled",
    "labourer sick",
    "long stall",
    "events lost",
    "stale read",
    "dispatch refused",
    "dispatch failed",
    "dispatch unknown ran",
    "dispatch unknown lost",
    "worker lost",
    "worker silent",
    "worker late",
    "worker twice",
    "worker killed",
    "report lost",
    "report repeated",
    "report garbage",
    "report without token",
    "outcome lost",
    "message refused",
    "request repeated",
    "written to queue",
    "written to wait",
    "claimed",
    "released",
    "success reported",
    "failure reported",
    "report known",
    "report stale",
    "report of closed",
    "report of nothing",
    "success while elsewhere",
    "completed",
    "buried",
    "postponed",
    "settle too late",
    "requeued",
    "cancelled",
    "revived",
    "hastened",
    "job accepted",
    "job known",
    "append lost race",
    "job cancelled",
    "announcement taken",
    "announcement delivered",
    "attempts overlapped",
    "one labourer failed",
};

}  // namespace

std::string_view to_string(Happened what) { return kNames[static_cast<std::size_t>(what)]; }

}  // namespace sosw::simulation

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace sosw {

/// What a command left behind.
struct Ended {
  int exit_code = -1;  ///< 128 + the signal when a signal ended it, as shells report it
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// A command that runs, with its output going to files.
class Running {
 public:
  Running(std::vector<std::string> arguments, const std::filesystem::path& folder,
          const std::vector<std::string>& environment, int number);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  bool ended();                ///< asks, does not wait
  std::string errors() const;  ///< what it wrote to standard error so far
  Ended wait();

 private:
  pid_t pid_ = -1;
  std::filesystem::path out_, err_;
  bool reaped_ = false;
  int status_ = 0;
};

/// A folder with a sosw.yaml and jobs, in which the real program is run. It is gone with the test.
class CliFixture : public ::testing::Test {
 protected:
  CliFixture();
  ~CliFixture() override;

  std::filesystem::path write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool exists(const std::string& name) const;

  /// Runs `sosw` with the arguments, separated by blanks, to its end.
  Ended sosw(const std::string& arguments);
  std::unique_ptr<Running> start(const std::string& arguments);

  /// Waits until the condition holds; fails the test when the command ends before.
  void wait_until(const std::function<bool()>& condition, Running&);

  /// The URL of an engine that was started with `sosw up`, once it is up.
  std::string url_of(Running& engine);
  /// What a shell command writes to standard output.
  static std::string output_of(const std::string& command);

  /// A labourer "work" whose worker is this shell script; more keys for it go into `more`.
  void configure(const std::string& script, const std::string& more = "") const;
  /// A job.json of so many tasks for "work".
  void write_job(int tasks, const std::string& more = "") const;

  /// Exit code 2, one line on standard error that contains the words, and no store.
  void expect_refused(const std::string& arguments, const std::vector<std::string>& texts);

  std::filesystem::path folder_;
  std::vector<std::string> environment_;

 private:
  int commands_ = 0;
};

}  // namespace sosw

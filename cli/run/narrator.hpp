// Tells a person what happens while it happens, in short sentences. Silent until wake(), so that a
// resumed run does not repeat its past. Owned by the run loop; its thread alone calls.
#pragma once

#include "events/event.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace ars::cli {

class Narrator {
 public:
  explicit Narrator(std::function<void(const std::string&)> say) : say_(std::move(say)) {}
  void wake() { awake_ = true; }
  void say(const std::string& sentence) const;
  void observe(const events::Event& event);
  // At most one line every two thousand interactions, with the count.
  void progress(std::uint64_t interactions, std::uint64_t limit);

 private:
  std::string sentence_of(const events::Event& event);

  std::function<void(const std::string&)> say_;
  bool awake_ = false;
  std::uint64_t told_ = 0;
  std::uint64_t interactions_ = 0;
  std::map<std::uint64_t, std::string> summaries_;  // by variant
};

}  // namespace ars::cli

// A Kafka broker of our own for the length of a bench, through scripts/kafka: on a free port, with
// its data below the scratch directory, gone at the end. Owned by the workshop; one thread.
#pragma once

#include "bench/harness.hpp"

#include <memory>

namespace ars::bench {

// A file of the source tree that this binary was built in, or of the working directory; empty when
// neither has it.
std::filesystem::path find_in_tree(const Setting& setting, const std::filesystem::path& file);

class LocalBroker {
 public:
  // Errc::unsupported: no script beside this binary, or no Java, Maven or jars; unavailable: it
  // does not start.
  static Result<std::unique_ptr<LocalBroker>> start(const Setting& setting,
                                                    std::filesystem::path directory);
  ~LocalBroker();
  LocalBroker(const LocalBroker&) = delete;
  LocalBroker& operator=(const LocalBroker&) = delete;

  const std::string& address() const { return address_; }

 private:
  LocalBroker(std::filesystem::path script, std::filesystem::path directory)
      : script_(std::move(script)), directory_(std::move(directory)) {}

  std::filesystem::path script_;
  std::filesystem::path directory_;
  std::string address_;
};

}  // namespace ars::bench

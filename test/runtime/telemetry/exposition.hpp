// Reads the Prometheus text format 0.0.4 as its description has it, and names every line that
// breaks it. For tests of what /metrics serves; values, any thread.
#pragma once

#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace ars::test {

struct Sample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  // values unescaped
  double value = 0;
};

struct Exposition {
  std::vector<std::string> problems;
  std::vector<std::string> families;         // in their order
  std::map<std::string, std::string> types;  // by family
  std::vector<Sample> samples;

  // The families that have at least one sample.
  bool sampled(const std::string& family) const {
    for (const auto& sample : samples) {
      if (family_of(sample.name) == family) return true;
    }
    return false;
  }
  // Empty when there is no such series.
  std::optional<double> value(
      const std::string& name,
      const std::vector<std::pair<std::string, std::string>>& labels = {}) const {
    for (const auto& sample : samples) {
      if (sample.name == name && sample.labels == labels) return sample.value;
    }
    return std::nullopt;
  }
  std::string family_of(const std::string& name) const {
    for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
      if (!name.ends_with(suffix)) continue;
      const auto stem = name.substr(0, name.size() - suffix.size());
      const auto known = types.find(stem);
      if (known != types.end() && known->second == "histogram") return stem;
    }
    return name;
  }
};

class ExpositionReader {
 public:
  explicit ExpositionReader(const std::string& text) {
    if (!text.empty() && text.back() != '\n') out_.problems.push_back("the last line has no end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      ++number_;
      line_ = line;
      at_ = 0;
      if (line.empty()) continue;
      if (line.starts_with("# ")) {
        comment();
      } else {
        sample();
      }
    }
    check_histograms();
  }
  Exposition take() { return std::move(out_); }

 private:
  void problem(const std::string& what) {
    out_.problems.push_back("line " + std::to_string(number_) + ": " + what + ": " + line_);
  }
  // [a-zA-Z_:][a-zA-Z0-9_:]*
  std::string name() {
    const auto begin = at_;
    const auto ok = [&](char c) {
      return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':' ||
             (at_ > begin && std::isdigit(static_cast<unsigned char>(c)) != 0);
    };
    while (at_ < line_.size() && ok(line_[at_]))
      ++at_;
    if (at_ == begin) problem("a name is missing");
    return line_.substr(begin, at_ - begin);
  }
  bool eat(char c) {
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }

  void comment() {
    const bool help = line_.starts_with("# HELP ");
    if (!help && !line_.starts_with("# TYPE ")) return problem("neither HELP nor TYPE");
    at_ = 7;
    const auto family = name();
    if (!eat(' ')) return problem("nothing after the name");
    const auto rest = line_.substr(at_);
    if (help) {
      if (family == family_) problem("HELP stands twice");
      family_ = family;
      out_.families.push_back(family);
      return;
    }
    if (family != family_) problem("TYPE does not follow its HELP");
    if (rest != "counter" && rest != "gauge" && rest != "histogram") problem("no such type");
    if (!out_.types.emplace(family, rest).second) problem("TYPE stands twice");
  }

  std::string label_value() {
    std::string value;
    if (!eat('"')) problem("a label value without a quote");
    while (at_ < line_.size() && line_[at_] != '"') {
      if (line_[at_] != '\\') {
        value += line_[at_++];
        continue;
      }
      ++at_;
      const char escaped = at_ < line_.size() ? line_[at_++] : ' ';
      if (escaped == 'n') {
        value += '\n';
      } else if (escaped == '\\' || escaped == '"') {
        value += escaped;
      } else {
        problem("an unknown escape");
      }
    }
    if (!eat('"')) problem("a label value without an end");
    return value;
  }

  void sample() {
    Sample found;
    found.name = name();
    if (out_.family_of(found.name) != family_) problem("a sample outside its family");
    if (eat('{')) {
      while (!eat('}')) {
        auto label = name();
        if (!eat('=')) return problem("a label without a value");
        found.labels.emplace_back(std::move(label), label_value());
        if (!eat(',') && at_ < line_.size() && line_[at_] != '}') return problem("no comma");
        if (at_ >= line_.size()) return problem("labels without an end");
      }
    }
    if (!eat(' ')) return problem("no value");
    const auto text = line_.substr(at_);
    if (text == "+Inf" || text == "-Inf" || text == "NaN" || text == "Nan") {
      found.value = text == "-Inf" ? -1e308 : 1e308;
    } else {
      const auto [end, error] =
          std::from_chars(text.data(), text.data() + text.size(), found.value);
      if (error != std::errc{} || end != text.data() + text.size()) problem("not a number");
    }
    for (const auto& other : out_.samples) {
      if (other.name == found.name && other.labels == found.labels) problem("a series twice");
    }
    out_.samples.push_back(std::move(found));
  }

  // Buckets do not fall, and the last, le="+Inf", is the count.
  void check_histograms() {
    std::map<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>, double> last;
    for (const auto& sample : out_.samples) {
      const auto family = out_.family_of(sample.name);
      if (family == sample.name) continue;
      auto labels = sample.labels;
      if (sample.name.ends_with("_bucket")) {
        std::erase_if(labels, [](const auto& each) { return each.first == "le"; });
        auto& before = last[{family, labels}];
        if (sample.value < before) out_.problems.push_back(family + ": a bucket falls");
        before = sample.value;
      }
    }
    for (const auto& sample : out_.samples) {
      const auto family = out_.family_of(sample.name);
      if (family == sample.name || !sample.name.ends_with("_count")) continue;
      const auto found = last.find({family, sample.labels});
      if (found == last.end() || found->second != sample.value) {
        out_.problems.push_back(family + ": +Inf is not the count");
      }
    }
  }

  Exposition out_;
  std::string family_;
  std::string line_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
};

inline Exposition read_exposition(const std::string& text) { return ExpositionReader(text).take(); }

}  // namespace ars::test

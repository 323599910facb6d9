#include "model/torch/forward.hpp"

#include "events/base/check.hpp"
#include "events/base/narrow.hpp"
#include "events/base/prng.hpp"
#include "model/ir/block.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace ars::model {

namespace {

at::ScalarType scalar_type(Precision precision) {
  return precision == Precision::float64 ? at::kDouble : at::kFloat;
}

template <class Scalar>
void copy_row(const float* from, std::uint32_t dim, Scalar* to) {
  for (std::uint32_t d = 0; d < dim; ++d)
    to[d] = from[d];
}

template <class Scalar>
void gather_columns(const GatherPlan& gather, const std::vector<EmbeddingTable>& tables,
                    const RowBatch& rows, Scalar* out) {
  for (const std::uint32_t* ids : rows.ids) {
    for (std::size_t f = 0; f < gather.columns.size(); ++f) {
      const EmbeddingTable& table = tables[gather.tables[f]];
      copy_row(table.row(table.slot(ids[gather.columns[f]])), gather.dim, out);
      out += gather.dim;
    }
  }
}

// Sequences end at the last step: padding stands in front.
template <class Scalar>
void gather_sequences(const GatherPlan& gather, const std::vector<EmbeddingTable>& tables,
                      const RowBatch& rows, std::size_t steps, Scalar* out) {
  const EmbeddingTable& table = tables[gather.tables[0]];
  for (const SequenceRef& sequence : rows.sequences) {
    const auto used = std::min(sequence.size, steps);
    std::fill(out, out + (steps - used) * gather.dim, Scalar{0});
    Scalar* to = out + (steps - used) * gather.dim;
    for (std::size_t i = sequence.size - used; i < sequence.size; ++i, to += gather.dim) {
      copy_row(table.row(table.slot(sequence.items[i])), gather.dim, to);
    }
    out += steps * gather.dim;
  }
}

template <class Scalar>
void fill_mask(const RowBatch& rows, std::size_t steps, Scalar* out) {
  for (const SequenceRef& sequence : rows.sequences) {
    const auto used = std::min(sequence.size, steps);
    std::fill(out, out + (steps - used), Scalar{0});
    for (std::size_t i = 0; i < used; ++i) {
      const auto item = sequence.items[sequence.size - used + i];
      out[steps - used + i] = item == 0 ? Scalar{0} : Scalar{1};
    }
    out += steps;
  }
}

template <class Scalar>
void fill_dense(const DensePlan& plan, const RowBatch& rows, Scalar* out) {
  for (const float* row : rows.dense) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      double x = double{row[plan.columns[i]]};
      if (plan.transform == DensePlan::Transform::symlog) {
        x = std::copysign(std::log1p(std::abs(x)), x);
      }
      x = (x - plan.mean[i]) / plan.scale[i];
      *out++ = static_cast<Scalar>(std::clamp(x, -plan.clip, plan.clip));
    }
  }
}

template <class Scalar>
Feed feed_of(const Plan& plan, const std::vector<EmbeddingTable>& tables, const RowBatch& rows,
             at::ScalarType type) {
  Feed feed;
  const auto count = narrow<std::int64_t>(rows.ids.size());
  const auto requests = narrow<std::int64_t>(rows.sequences.size());
  const std::size_t steps = plan.columns.sequence_length;
  for (const GatherPlan& gather : plan.gathers) {
    const std::int64_t dim = gather.dim;
    if (gather.source == GatherPlan::Source::sequence) {
      at::Tensor out = at::empty({requests, narrow<std::int64_t>(steps), dim}, type);
      gather_sequences(gather, tables, rows, steps, out.data_ptr<Scalar>());
      feed.gathered.push_back(std::move(out));
    } else {
      const auto fields = narrow<std::int64_t>(gather.columns.size());
      at::Tensor out = at::empty({count, fields, dim}, type);
      gather_columns(gather, tables, rows, out.data_ptr<Scalar>());
      feed.gathered.push_back(std::move(out));
    }
  }
  for (const DensePlan& dense : plan.dense) {
    at::Tensor out = at::empty({count, narrow<std::int64_t>(dense.columns.size())}, type);
    fill_dense(dense, rows, out.data_ptr<Scalar>());
    feed.dense.push_back(std::move(out));
  }
  if (plan.reads_sequence) {
    at::Tensor mask = at::empty({requests, narrow<std::int64_t>(steps)}, type);
    fill_mask(rows, steps, mask.data_ptr<Scalar>());
    feed.mask.push_back(std::move(mask));
    if (!rows.request.empty()) {
      at::Tensor request = at::empty({count}, at::kLong);
      std::copy(rows.request.begin(), rows.request.end(), request.data_ptr<std::int64_t>());
      feed.request.push_back(std::move(request));
    }
  }
  return feed;
}

at::Tensor dropout_mask(const at::Tensor& like, double rate, const DropoutDraws& draws,
                        std::size_t node) {
  at::Tensor mask = at::empty(like.sizes(), at::kFloat);
  const auto drop_below = truncate<std::uint32_t>(rate * 4294967296.0);
  const auto keep = static_cast<float>(1.0 / (1.0 - rate));
  float* out = mask.data_ptr<float>();
  const auto count = narrow<std::uint64_t>(mask.numel());
  const std::uint64_t key = mix_key(draws.key, draws.step, node);
  const std::array<std::uint32_t, 2> words = {narrow<std::uint32_t>(key & 0xffffffffu),
                                              narrow<std::uint32_t>(key >> 32)};
  for (std::uint64_t i = 0; i < count; i += 4) {
    const auto block = philox4x32_10({narrow<std::uint32_t>(i / 4), 0, 0, 0}, words);
    for (std::uint64_t k = i; k < std::min(i + 4, count); ++k) {
      out[k] = block[k - i] < drop_below ? 0.0F : keep;
    }
  }
  return mask.to(like.device());
}

// One forward in progress.
class Run {
 public:
  Run(const Plan& plan, const std::vector<at::Tensor>& parameters, const Feed& feed,
      const DropoutDraws* dropout)
      : plan_(plan), parameters_(parameters), feed_(feed), dropout_(dropout) {}

  at::Tensor logits();

 private:
  using Operation = at::Tensor (Run::*)();

  const Node& node() const { return plan_.graph.nodes[at_].node; }
  const CheckedNode& checked() const { return plan_.graph.nodes[at_]; }
  const at::Tensor& parameter(std::size_t i) const {
    return parameters_[plan_.steps[at_].first_parameter + i];
  }
  // An input; values of a request are spread over its rows where this node works on rows.
  at::Tensor in(std::size_t i) const {
    const auto from = checked().inputs[i];
    return spread(values_[from], plan_.graph.nodes[from].level, checked().level);
  }
  at::Tensor spread(const at::Tensor& value, Level from, Level to) const {
    if (from == to || feed_.request.empty()) return value;
    return at::index_select(value, 0, feed_.request[0]);
  }
  at::Tensor source() const { return feed_.gathered[plan_.steps[at_].source]; }

  at::Tensor embedding() { return source(); }
  at::Tensor linear() { return source().sum(1); }
  at::Tensor dense() { return feed_.dense[plan_.steps[at_].source]; }
  at::Tensor concat();
  at::Tensor fc();
  at::Tensor fm();
  at::Tensor cross();
  at::Tensor dropout();
  at::Tensor dot();
  at::Tensor add();
  at::Tensor mul();
  at::Tensor position() { return in(0) + parameter(0); }
  at::Tensor layer_norm();
  at::Tensor sdpa();
  at::Tensor last();
  at::Tensor mean_pool();
  at::Tensor output();
  at::Tensor attention_bias(const at::Tensor& like) const;
  static const std::map<std::string, Operation, std::less<>>& operations();

  const Plan& plan_;
  const std::vector<at::Tensor>& parameters_;
  const Feed& feed_;
  const DropoutDraws* dropout_;
  std::size_t at_ = 0;
  std::vector<at::Tensor> values_;
};

at::Tensor Run::concat() {
  std::vector<at::Tensor> parts;
  for (std::size_t i = 0; i < checked().inputs.size(); ++i)
    parts.push_back(in(i).flatten(1));
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

at::Tensor Run::fc() {
  const bool bias = integer_attribute(node(), "bias") != 0;
  const at::Tensor x = in(0);  // (..., n)
  at::Tensor out = bias ? at::linear(x, parameter(0), parameter(1)) : at::linear(x, parameter(0));
  const auto activation = text_attribute(node(), "activation");
  if (activation == "relu") return out.relu();
  if (activation == "tanh") return out.tanh();
  if (activation == "sigmoid") return out.sigmoid();
  if (activation == "silu") return at::silu(out);
  return out;
}

at::Tensor Run::fm() {
  const at::Tensor x = in(0);  // (rows, fields, dim)
  const at::Tensor sum = x.sum(1);
  return 0.5 * (sum * sum - (x * x).sum(1)).sum(1, /*keepdim=*/true);
}

at::Tensor Run::cross() {
  const at::Tensor x0 = in(0);
  const at::Tensor x = in(1);
  return x0 * at::linear(x, parameter(0), parameter(1)) + x;
}

at::Tensor Run::dropout() {
  const double rate = real_attribute(node(), "rate");
  if (dropout_ == nullptr || rate == 0) return in(0);
  const at::Tensor x = in(0);
  return x * dropout_mask(x, rate, *dropout_, at_);
}

at::Tensor Run::dot() {
  const at::Tensor x = in(0);  // (rows, n)
  at::Tensor out = (x * in(1)).sum(1, /*keepdim=*/true);
  if (integer_attribute(node(), "scaled") == 0) return out;
  return out / std::sqrt(to_double(x.size(1)));
}

at::Tensor Run::add() {
  at::Tensor out = in(0);
  for (std::size_t i = 1; i < checked().inputs.size(); ++i)
    out = out + in(i);
  return out;
}

at::Tensor Run::mul() {
  at::Tensor out = in(0);
  for (std::size_t i = 1; i < checked().inputs.size(); ++i)
    out = out * in(i);
  return out;
}

at::Tensor Run::layer_norm() {
  const at::Tensor x = in(0);
  return at::layer_norm(x, {x.size(-1)}, parameter(0), parameter(1),
                        real_attribute(node(), "epsilon"), /*cudnn_enable=*/false);
}

// (requests, 1, T, T): 0 where a step may look, -inf elsewhere. A step may always look at itself,
// so that a step of padding has something to look at; nobody reads it.
at::Tensor Run::attention_bias(const at::Tensor& like) const {
  const at::Tensor& mask = feed_.mask[0];  // (requests, T)
  const auto steps = mask.size(1);
  const auto options = like.options().dtype(at::kBool);
  at::Tensor allowed = (mask > 0.5).reshape({-1, 1, 1, steps});
  if (text_attribute(node(), "mask") == "causal") {
    allowed = at::logical_and(allowed, at::ones({steps, steps}, options).tril());
  }
  allowed = at::logical_or(allowed, at::eye(steps, options));
  return at::zeros(allowed.sizes(), like.options())
      .masked_fill(at::logical_not(allowed), -std::numeric_limits<double>::infinity());
}

at::Tensor Run::sdpa() {
  const auto heads = integer_attribute(node(), "heads");
  const auto project = [&](const at::Tensor& x, std::size_t i) {
    const at::Tensor y = at::linear(x, parameter(i), parameter(i + 1));  // (requests, T, n)
    return y.reshape({y.size(0), y.size(1), heads, y.size(2) / heads}).transpose(1, 2);
  };
  const at::Tensor query = project(in(0), 0);  // (requests, heads, T, n / heads)
  const at::Tensor key = project(in(1), 2);
  const at::Tensor value = project(in(2), 4);
  const double scale = 1.0 / std::sqrt(to_double(query.size(3)));
  at::Tensor scores = at::matmul(query, key.transpose(2, 3)) * scale;  // (requests, heads, T, T)
  scores = (scores + attention_bias(scores)).softmax(-1);
  const at::Tensor mixed = at::matmul(scores, value).transpose(1, 2).flatten(2);
  return at::linear(mixed, parameter(6), parameter(7));
}

at::Tensor Run::last() {
  const at::Tensor x = in(0);  // (requests, T, n)
  return x.select(1, x.size(1) - 1) * feed_.mask[0].select(1, x.size(1) - 1).unsqueeze(1);
}

at::Tensor Run::mean_pool() {
  const at::Tensor weight = feed_.mask[0].unsqueeze(2);  // (requests, T, 1)
  return (in(0) * weight).sum(1) / weight.sum(1).clamp_min(1);
}

at::Tensor Run::output() {
  const bool bias = integer_attribute(node(), "bias") != 0;
  return bias ? in(0) + parameter(0) : in(0);
}

const std::map<std::string, Run::Operation, std::less<>>& Run::operations() {
  static const std::map<std::string, Operation, std::less<>> table = {
      {"embedding", &Run::embedding},
      {"sequence_embedding", &Run::embedding},
      {"linear", &Run::linear},
      {"dense", &Run::dense},
      {"concat", &Run::concat},
      {"fc", &Run::fc},
      {"fm", &Run::fm},
      {"cross", &Run::cross},
      {"dropout", &Run::dropout},
      {"dot", &Run::dot},
      {"add", &Run::add},
      {"mul", &Run::mul},
      {"position", &Run::position},
      {"layer_norm", &Run::layer_norm},
      {"sdpa", &Run::sdpa},
      {"last", &Run::last},
      {"mean_pool", &Run::mean_pool},
      {"sigmoid", &Run::output}};
  return table;
}

at::Tensor Run::logits() {
  for (at_ = 0; at_ < plan_.graph.nodes.size(); ++at_) {
    const auto operation = operations().find(node().op);
    ARS_CHECK(operation != operations().end(), "block {} cannot be run", node().op);
    values_.push_back((this->*operation->second)());
  }
  return spread(values_.back(), plan_.graph.nodes.back().level, Level::row).reshape({-1});
}

}  // namespace

Feed make_feed(const Plan& plan, const std::vector<EmbeddingTable>& tables, const RowBatch& rows,
               Precision precision) {
  const auto type = scalar_type(precision);
  return precision == Precision::float64 ? feed_of<double>(plan, tables, rows, type)
                                         : feed_of<float>(plan, tables, rows, type);
}

void move_feed(Feed& feed, const std::string& device) {
  if (device == "cpu") return;
  for (auto* list : {&feed.gathered, &feed.dense, &feed.request, &feed.mask}) {
    for (at::Tensor& tensor : *list)
      tensor = tensor.to(at::Device(device));
  }
}

at::Tensor forward(const Plan& plan, const std::vector<at::Tensor>& parameters, const Feed& feed,
                   const DropoutDraws* dropout) {
  return Run(plan, parameters, feed, dropout).logits();
}

std::vector<at::Tensor> parameter_tensors(const Plan& plan,
                                          const std::vector<std::vector<float>>& values,
                                          Precision precision, const std::string& device) {
  std::vector<at::Tensor> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    at::Tensor tensor = at::empty(plan.parameters[i].shape, at::kFloat);
    std::copy(values[i].begin(), values[i].end(), tensor.data_ptr<float>());
    out.push_back(tensor.to(at::Device(device), scalar_type(precision)));
  }
  return out;
}

}  // namespace ars::model

#include "model/torch/torch_scorer.hpp"

#include "model/torch/torch_trainer.hpp"
#include "test/model/torch/synthetic.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>

using namespace ars;
using namespace ars::model;

namespace {

ScorerSource trained(const Graph& graph) {
  TrainSpec spec;
  spec.architecture = print_graph(graph);
  spec.seed = 5;
  auto outcome = TorchTrainer(test::synthetic_columns(), {})
                     .train(spec, test::synthetic_rows(1500, 1), {}, {});
  BOOST_REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().context));
  return {spec.architecture, outcome.value().weights};
}

std::unique_ptr<Scorer> loaded(const ScorerSource& source) {
  auto scorer = TorchScorerFactory(test::synthetic_columns()).load(source);
  BOOST_REQUIRE_MESSAGE(scorer.has_value(), (scorer ? "" : scorer.error().context));
  return std::move(scorer).value();
}

std::vector<float> scores(const Scorer& scorer, const CandidateMatrix& matrix) {
  const CandidateMatrix* const batch[] = {&matrix};
  auto out = scorer.score(batch);
  BOOST_REQUIRE_MESSAGE(out.has_value(), (out ? "" : out.error().context));
  return out.value()[0];
}

std::vector<Graph> programs() {
  const auto features = test::synthetic_features();
  return {zoo::logistic_regression(features), zoo::deep_fm(features),
          zoo::sasrec(features, {.blocks = 2, .heads = 2})};
}

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

const Graph& attention_program() {
  static const Graph graph = zoo::sasrec(test::synthetic_features(), {.blocks = 2, .heads = 2});
  return graph;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_torch_torch_scorer)

BOOST_AUTO_TEST_CASE(a_score_does_not_depend_on_its_batch) {
  const auto rows = test::synthetic_rows(500, 21);
  const CandidateMatrix whole = test::matrix_of(rows);
  for (const Graph& graph : programs()) {
    const auto scorer = loaded(trained(graph));
    const auto together = scores(*scorer, whole);

    Philox rng(3, 0);
    std::vector<std::size_t> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i] = i;
    rng.shuffle(order);
    std::vector<Example> shuffled;
    for (const auto i : order)
      shuffled.push_back(rows[i]);
    shuffled[0].sequence = rows[0].sequence;  // the request's sequence
    const auto mixed = scores(*scorer, test::matrix_of(shuffled));
    for (std::size_t i = 0; i < order.size(); ++i) {
      BOOST_REQUIRE(same_bits(mixed[i], together[order[i]]));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Example row = rows[i];
      row.sequence = rows[0].sequence;
      BOOST_REQUIRE(same_bits(scores(*scorer, test::matrix_of({&row, 1}))[0], together[i]));
    }
    for (const std::size_t cut : {1u, 7u, 250u, 499u}) {
      auto tail = std::vector(rows.begin() + static_cast<std::ptrdiff_t>(cut), rows.end());
      tail[0].sequence = rows[0].sequence;
      const auto part = scores(*scorer, test::matrix_of(tail));
      for (std::size_t i = 0; i < part.size(); ++i) {
        BOOST_REQUIRE(same_bits(part[i], together[cut + i]));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(requests_in_one_batch_score_as_alone) {
  const auto scorer = loaded(trained(attention_program()));
  std::vector<CandidateMatrix> matrices;
  for (std::size_t k = 0; k < 9; ++k) {
    matrices.push_back(test::matrix_of(test::synthetic_rows(1 + 13 * k, 100 + k)));
  }
  matrices.push_back({0, 4, 2, {}, {}, {1, 2}});
  std::vector<const CandidateMatrix*> batch;
  for (const auto& matrix : matrices)
    batch.push_back(&matrix);

  const auto together = scorer->score(batch);

  BOOST_REQUIRE(together.has_value());
  for (std::size_t k = 0; k < matrices.size(); ++k) {
    const auto alone = scores(*scorer, matrices[k]);
    BOOST_REQUIRE_EQUAL(together.value()[k].size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      BOOST_CHECK(same_bits(together.value()[k][i], alone[i]));
    }
  }
}

BOOST_AUTO_TEST_CASE(matrices_above_the_block_size_are_split) {
  const auto scorer = loaded(trained(attention_program()));
  const auto rows = test::synthetic_rows(5000, 4);
  const auto whole = scores(*scorer, test::matrix_of(rows));
  BOOST_REQUIRE_EQUAL(whole.size(), 5000u);
  for (const std::size_t i : {0u, 4095u, 4096u, 4999u}) {
    Example row = rows[i];
    row.sequence = rows[0].sequence;
    BOOST_CHECK(same_bits(scores(*scorer, test::matrix_of({&row, 1}))[0], whole[i]));
  }
}

BOOST_AUTO_TEST_CASE(padding_in_front_changes_nothing) {
  const auto scorer = loaded(trained(attention_program()));
  CandidateMatrix matrix = test::matrix_of(test::synthetic_rows(20, 6));
  matrix.sequence = {5, 9, 33};
  const auto plain = scores(*scorer, matrix);
  matrix.sequence = {0, 0, 0, 0, 5, 9, 33};
  const auto padded = scores(*scorer, matrix);
  matrix.sequence = {5, 9, 34};
  const auto other = scores(*scorer, matrix);

  for (std::size_t i = 0; i < plain.size(); ++i) {
    BOOST_CHECK(same_bits(plain[i], padded[i]));
  }
  BOOST_CHECK(plain != other);
}

BOOST_AUTO_TEST_CASE(only_the_newest_items_count) {
  const auto scorer = loaded(trained(attention_program()));
  CandidateMatrix matrix = test::matrix_of(test::synthetic_rows(5, 6));
  matrix.sequence.assign(12, 3);
  const auto full = scores(*scorer, matrix);
  matrix.sequence.insert(matrix.sequence.begin(), {8, 9, 10});
  BOOST_CHECK(scores(*scorer, matrix) == full);
}

BOOST_AUTO_TEST_CASE(unknown_and_unseen_ids_score_as_the_default) {
  const auto scorer = loaded(trained(zoo::deep_fm({{"item", "user"}, {}})));
  auto rows = test::synthetic_rows(3, 6);
  rows[0].ids[0] = 0;
  rows[1].ids[0] = 15000;          // never seen in training
  rows[2].ids[0] = 16384 + 14999;  // wraps to 15000
  rows[1].ids[1] = rows[2].ids[1] = rows[0].ids[1];
  const auto out = scores(*scorer, test::matrix_of(rows));
  BOOST_CHECK(same_bits(out[0], out[1]));
  BOOST_CHECK(same_bits(out[0], out[2]));
}

BOOST_AUTO_TEST_CASE(other_columns_and_bad_values_are_refused) {
  const auto scorer = loaded(trained(zoo::logistic_regression(test::synthetic_features())));
  const auto refused = [&](const CandidateMatrix& matrix) {
    const CandidateMatrix* const batch[] = {&matrix};
    const auto out = scorer->score(batch);
    return !out && out.error().code == Errc::invalid;
  };
  const CandidateMatrix good = test::matrix_of(test::synthetic_rows(3, 6));
  CandidateMatrix bad = good;
  bad.id_columns = 3;
  BOOST_CHECK(refused(bad));
  bad = good;
  bad.ids.pop_back();
  BOOST_CHECK(refused(bad));
  bad = good;
  bad.dense[0] = std::numeric_limits<float>::infinity();
  BOOST_CHECK(refused(bad));
  BOOST_CHECK(!refused(good));
}

BOOST_AUTO_TEST_CASE(weights_of_another_program_or_columns_are_refused) {
  const auto features = test::synthetic_features();
  ScorerSource source = trained(zoo::logistic_regression(features));
  auto columns = test::synthetic_columns();
  columns.ids[1].vocabulary = 999;
  const auto other_columns = TorchScorerFactory(columns).load(source);
  source.architecture = print_graph(zoo::deep_fm(features));
  const auto other_program = TorchScorerFactory(test::synthetic_columns()).load(source);

  BOOST_REQUIRE(!other_columns.has_value());
  BOOST_CHECK_EQUAL(other_columns.error().context, "weights: trained for other columns");
  BOOST_REQUIRE(!other_program.has_value());
  BOOST_CHECK_EQUAL(other_program.error().context, "weights: trained for another program");
}

BOOST_AUTO_TEST_CASE(columns_that_a_program_does_not_read_may_change) {
  const ScorerSource source = trained(zoo::logistic_regression({{"user"}, {"price"}}));
  auto columns = test::synthetic_columns();
  columns.ids.push_back({"weekday", ColumnKind::categorical, 8});
  columns.ids[0].vocabulary = 99;
  BOOST_CHECK(TorchScorerFactory(columns).load(source).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

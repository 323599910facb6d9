// From a request, candidates and views to the candidate matrix: one code for serving, training and
// re-execution. Pure; any thread. A row depends on its own item, the request and the views alone.
#pragma once

#include "events/serving.hpp"
#include "model/features/feature_catalog.hpp"
#include "model/ir/columns.hpp"
#include "model/ranking/matrix.hpp"
#include "model/retrieval/view_set.hpp"

#include <span>

namespace ars::model {

// REQUIRES: at most limits::candidates_max items. All values finite, all ids in their vocabulary.
CandidateMatrix encode(const events::RequestRouted& request, std::span<const ItemIndex> items,
                       const ViewSet& views);

// The same layout as programs name it; `id_columns` and `dense_columns` of every matrix are its
// sizes.
Columns columns();

// The row of one candidate as events::SlateItem and events::ExampleLabelled keep it.
std::span<const std::uint32_t> row_ids(const CandidateMatrix& matrix, std::size_t row);
std::span<const float> row_dense(const CandidateMatrix& matrix, std::size_t row);

// Writes the shown slot into the position column of a training row. Serving leaves it at 0, the
// constant that stands for "no position" (recommender rule D12). REQUIRES: id_column_count() ids.
void place_in_slot(std::span<std::uint32_t> ids, std::uint16_t slot);

// One model, two questions about a user and an item: will it be taken, and, should it be, will it
// be valued high (a high rating)? encode() asks the first.
enum class Question : std::uint8_t { taken = 1, valued = 2 };
// Writes the question into one row. REQUIRES: id_column_count() ids.
void ask(std::span<std::uint32_t> ids, Question question);

}  // namespace ars::model

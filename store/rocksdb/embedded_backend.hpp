// The backend of a single node: the log itself is where records travel and rest. Owned by the log
// actor, one caller at a time; stop() from any thread.
#pragma once

#include "store/log_backend.hpp"

namespace ars::store {

// append() is a commit, fetch() a read. The partitions are those of the log; prepare() has nothing
// to do. REQUIRES: the log outlives the backend.
LogBackendPtr make_embedded_backend(EventLog& log);

}  // namespace ars::store

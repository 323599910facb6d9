// Tables of a report: plain values in, accessible HTML out. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ars::model {

enum class CellKind : std::uint8_t { text, number, code, good, bad, neutral };

// One cell. good, bad and neutral are verdicts: a badge with a mark of its own, not colour alone.
struct Cell {
  std::string text;
  CellKind kind = CellKind::text;
  std::string note;  // a second, smaller line
};

struct TableColumn {
  std::string header;
  CellKind kind = CellKind::text;  // numbers align right
};

struct Table {
  std::string caption;  // read out, not shown
  std::vector<TableColumn> columns;
  std::vector<std::vector<Cell>> rows;
  std::string empty;  // the sentence that stands for a table without rows
};

std::string html_table(const Table& table);

}  // namespace ars::model

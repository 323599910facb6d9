#include "model/report/tables.hpp"

#include "model/report/text.hpp"

#include <fmt/format.h>

namespace ars::model {
namespace {

std::string badge(std::string_view style, std::string_view mark, const std::string& text) {
  return fmt::format("<span class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</span>",
                     style, mark, escape_html(text));
}

std::string content(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::good:
      return badge("good", "\u25B2", cell.text);
    case CellKind::bad:
      return badge("bad", "\u2715", cell.text);
    case CellKind::neutral:
      return badge("neutral", "\u25CB", cell.text);
    case CellKind::code:
      return fmt::format("<code>{}</code>", escape_html(cell.text));
    case CellKind::text:
    case CellKind::number:
      return escape_html(cell.text);
  }
  return {};
}

std::string_view alignment(CellKind kind) {
  return kind == CellKind::number ? " class=\"number\"" : "";
}

}  // namespace

std::string html_table(const Table& table) {
  if (table.rows.empty())
    return fmt::format("<p class=\"empty\">{}</p>\n", escape_html(table.empty));
  std::string out = "<div class=\"scroll\"><table>\n";
  out += fmt::format("<caption>{}</caption>\n<thead><tr>", escape_html(table.caption));
  for (const auto& column : table.columns) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", alignment(column.kind),
                       escape_html(column.header));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& cell = row[i];
      const auto aligned = alignment(cell.kind);
      // The first cell names the row.
      out += i == 0 ? fmt::format("<th scope=\"row\"{}>", aligned) : fmt::format("<td{}>", aligned);
      out += content(cell);
      if (!cell.note.empty()) {
        out += fmt::format("<span class=\"note\">{}</span>", escape_html(cell.note));
      }
      out += i == 0 ? "</th>" : "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  return out;
}

}  // namespace ars::model

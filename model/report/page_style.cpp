#include "model/report/page_style.hpp"

namespace ars::model {
namespace {

// Blue, orange and green of the Okabe-Ito family stay apart for colour-blind readers; text has a
// contrast of at least 4.5 to 1 on both grounds.
constexpr std::string_view sheet = R"css(
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --card: #ffffff; --text: #1c1e21; --soft: #5c6370; --line: #e1e3e6; --grid: #eceef0;
  --system: #0b62b0; --frozen: #b3540a; --popularity: #6b7280; --difference: #00775a;
  --good: #00704f; --bad: #b3261e; --good-ground: #e3f4ee; --bad-ground: #fbe9e7; --neutral-ground: #eef0f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14161a; --card: #1b1e23; --text: #e8eaed; --soft: #a0a7b4; --line: #31363e; --grid: #272b32;
    --system: #6cb2f7; --frozen: #f0a35e; --popularity: #9aa3b0; --difference: #4cc9a0;
    --good: #4cc9a0; --bad: #ff8a80; --good-ground: #16332b; --bad-ground: #3b1d1b; --neutral-ground: #262a31;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 40px 24px 64px; }
.eyebrow { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .02em; }
h1 { margin: 4px 0 20px; font-size: 28px; line-height: 1.2; text-wrap: balance; }
h2 { margin: 48px 0 6px; font-size: 19px; }
h2 + p { margin: 0 0 16px; color: var(--soft); max-width: 72ch; }
.verdict { margin: 0 0 24px; padding: 16px 20px; border-left: 4px solid var(--soft); background: var(--card);
  border-radius: 0 8px 8px 0; font-size: 18px; line-height: 1.5; max-width: 80ch; }
.verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.tile dt { color: var(--soft); font-size: 13px; }
.tile dd { margin: 2px 0 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile .note { font-size: 13px; font-weight: 400; color: var(--soft); display: block; }
figure { margin: 0 0 20px; padding: 16px 16px 8px; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
figcaption { font-weight: 600; margin: 0 0 4px; }
figure > svg { display: block; width: 100%; height: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 6px; padding: 0;
  font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 6px; }
.key { width: 26px; height: 12px; overflow: visible; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--text); }
svg .tick { fill: var(--soft); font-size: 11.5px; font-variant-numeric: tabular-nums; }
svg .label { fill: var(--soft); } svg .value { font-weight: 600; font-variant-numeric: tabular-nums; }
.axis { stroke: var(--soft); stroke-width: 1; } .grid { stroke: var(--grid); stroke-width: 1; }
.zero { stroke: var(--soft); stroke-width: 1; }
.series { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.series.ink-system { stroke: var(--system); } .series.ink-difference { stroke: var(--difference); }
.series.ink-frozen { stroke: var(--frozen); stroke-dasharray: 7 4; }
.series.ink-popularity { stroke: var(--popularity); stroke-dasharray: 2 4; }
.band { opacity: .2; stroke: none; } .band.ink-difference { fill: var(--difference); }
.band.ink-system { fill: var(--system); } .band.ink-frozen { fill: var(--frozen); }
.bar.ink-system { fill: var(--system); opacity: .85; } .bar.ink-frozen { fill: var(--frozen); opacity: .85; }
svg text.end { font-weight: 600; } svg text.end.ink-system { fill: var(--system); }
svg text.end.ink-frozen { fill: var(--frozen); } svg text.end.ink-popularity { fill: var(--popularity); }
svg text.end.ink-difference { fill: var(--difference); }
.whisker { fill: none; stroke: var(--text); stroke-width: 1.4; }
.moment { stroke-width: 1; stroke-dasharray: 3 3; opacity: .7; }
.lane { fill: var(--neutral-ground); } .span { stroke-width: 3; stroke-linecap: round; opacity: .45; }
line.mark-good { stroke: var(--good); } line.mark-bad { stroke: var(--bad); }
line.mark-neutral, line.mark-open { stroke: var(--soft); }
path.mark-good { fill: var(--good); } path.mark-bad { fill: none; stroke: var(--bad); stroke-width: 2.4; }
circle.mark-neutral { fill: var(--card); stroke: var(--soft); stroke-width: 1.8; }
circle.mark-open { fill: var(--soft); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 9px 14px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: 13px; color: var(--soft); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .note, th .note { display: block; color: var(--soft); font-size: 13px; font-weight: 400; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 10px; font-size: 13px; font-weight: 500;
  white-space: nowrap; background: var(--neutral-ground); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.badge.neutral { color: var(--soft); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.empty { color: var(--soft); margin: 8px 0 12px; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; max-width: 80ch; }
@media (max-width: 620px) { main { padding: 24px 14px 40px; } h1 { font-size: 23px; } .verdict { font-size: 16px; }
  figure { overflow-x: auto; } figure > svg { min-width: 560px; }
  .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: 6px; } }
@media print { body { background: #fff; } figure, .scroll, .tile { break-inside: avoid; } }
)css";

}  // namespace

std::string_view page_style() { return sheet; }

}  // namespace ars::model

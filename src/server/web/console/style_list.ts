/** Tables that become cards on a narrow screen, facts, empty lists, the way to the next page. */
export const LIST_STYLE: string = `
table { width: 100%; border-collapse: separate; border-spacing: 0; text-align: left; }
th { padding: 0.65rem 0.75rem; font-size: 0.8125rem; font-weight: 500; color: var(--soft); white-space: nowrap; }
td { padding: 0.7rem 0.75rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.list th:first-child, .list td:first-child { padding-left: 1.3rem; }
.list th:last-child, .list td:last-child { padding-right: 1.3rem; }
.list tbody tr:hover td { background: var(--hover); }
.list tbody tr:last-child td:first-child { border-bottom-left-radius: 14px; }
.list tbody tr:last-child td:last-child { border-bottom-right-radius: 14px; }
td.name { width: 40%; font-weight: 500; }
td.name .soft { font-weight: 400; }
td.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875rem; }
td.soft { color: var(--soft); font-size: 0.875rem; }
th.number, td.number, td.actions { text-align: right; }
td.actions { white-space: nowrap; }
td.actions form { display: inline; }
td.actions .plain-button { min-height: 2rem; padding: 0.2rem 0.75rem; font-size: 0.875rem; }
.empty { padding: 3rem 1.5rem; text-align: center; color: var(--soft); }
.empty > * + * { margin-top: 0.7rem; }
.empty-title { color: var(--ink); font-weight: 600; font-size: 1.0625rem; }
.pager { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; margin-top: 1.1rem; }
.facts-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 0.9rem 1.5rem; }
.notice + .facts-list, p + .facts-list { margin-top: 1.25rem; }
.facts-list dt { color: var(--soft); font-size: 0.8125rem; }
.facts-list dd { overflow-wrap: anywhere; }
@media (max-width: 46rem) {
  .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list, .list tbody { display: block; }
  .list tbody tr { display: grid; gap: 0.35rem; padding: 1rem 1.1rem; border-top: 1px solid var(--line); }
  .list tbody tr:first-child { border-top: 0; }
  .list td, .list td:first-child, .list td:last-child { display: block; width: auto; padding: 0; border: 0; background: none; text-align: left; white-space: normal; }
  .list tbody tr:hover td { background: none; }
  .list td[data-title]:not(.name) { display: grid; grid-template-columns: minmax(0, 7.5rem) minmax(0, 1fr); gap: 0.75rem; }
  .list td[data-title]:not(.name)::before { content: attr(data-title); color: var(--soft); font-size: 0.8125rem; font-family: system-ui, sans-serif; }
  .list tbody td.name { width: auto; }
  .list td.number { text-align: left; }
  .chip { white-space: normal; overflow-wrap: anywhere; }
  .list td.actions:not(:empty) { margin-top: 0.35rem; }
}
`;

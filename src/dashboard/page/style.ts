import { BASE_STYLE } from "../../pages/base_style.ts";
import { COLOR_STYLE } from "../../pages/colors.ts";
import { TEXT_STYLE } from "../../pages/text_style.ts";
import { ISSUE_STYLE } from "./style_issue.ts";

/** The page's style sheet: system fonts, one accent, light and dark, down to 360 px. */
export const STYLE: string = `${COLOR_STYLE}
${BASE_STYLE}
#issues:focus { outline: none; }
.filter, .close { font: inherit; color: inherit; cursor: pointer; }

.live { display: flex; align-items: center; gap: 0.5rem; }
.pulse { width: 8px; height: 8px; border-radius: 50%; background: var(--green); animation: breathe 3s ease-in-out infinite; }
.lost .pulse { background: var(--red); animation: none; }
@keyframes breathe { 50% { opacity: 0.35; } }
.binding { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.7rem; margin-top: 0.4rem; color: var(--soft); }
.binding code { margin: 0 0.15em; }
.binding:not(:has(.bound)) { display: block; }
.binding strong { color: var(--ink); }
.provider { padding: 0.05rem 0.6rem; border-radius: 6px; background: var(--code); color: var(--ink); font-size: 0.8125rem; }


.said:not(:empty), #notices { margin-bottom: 1.25rem; }
#notices { display: grid; gap: 0.75rem; }
.notice .next { color: var(--soft); }
.notice .whole, .failures { flex-basis: 100%; }
.failures { display: grid; gap: 0.15rem; margin: 0.3rem 0; overflow-wrap: anywhere; }
.progress { min-height: 1.3rem; margin-top: 0.2rem; color: var(--soft); font-size: 0.8125rem; text-align: center; }
.progress:empty { display: none; }
.close { flex: none; align-self: flex-start; width: 1.9rem; height: 1.9rem; border: 0; border-radius: 7px; background: none; font-size: 1.25rem; line-height: 1; color: var(--soft); }
.close:hover { background: var(--code); }

.tiles { display: flex; flex-wrap: wrap; gap: 1px; margin-bottom: 2.75rem; border: 1px solid var(--line); border-radius: 14px; background: var(--line); overflow: hidden; box-shadow: var(--shadow); }
.tile { flex: 1 1 12rem; min-height: 6.9rem; padding: 1.1rem 1.3rem 1.15rem; background: var(--surface); }
.tile dt { color: var(--soft); font-size: 0.8125rem; font-weight: 500; }
.tile .value { margin-top: 0.3rem; font-size: 1.5rem; line-height: 1.25; font-weight: 620; letter-spacing: -0.02em; }
.tile .value time { display: inline-block; }
.tile .value time::first-letter { text-transform: uppercase; }
.tile .detail { margin-top: 0.2rem; color: var(--soft); font-size: 0.8125rem; }
.tile.good .value::before, .tile.warn .value::before, .tile.bad .value::before { content: ""; display: inline-block; width: 0.55rem; height: 0.55rem; margin-right: 0.5rem; border-radius: 50%; vertical-align: 0.14em; background: var(--tone); }

.heading { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.25rem 1rem; margin-bottom: 0.85rem; }
.heading h2 { font-size: 1.25rem; }
.count { color: var(--soft); font-size: 0.875rem; }
.tools { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; margin-bottom: 1rem; }
.search { position: relative; flex: 1 1 17rem; max-width: 26rem; }
.search svg { position: absolute; left: 0.8rem; top: 50%; translate: 0 -50%; color: var(--soft); pointer-events: none; }
.search input { width: 100%; min-height: 2.5rem; padding: 0.4rem 2.6rem 0.4rem 2.35rem; font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 9px; }
.search input::placeholder { color: var(--soft); opacity: 1; }
.search input:not(:placeholder-shown) { padding-right: 0.8rem; }
.search input:focus-visible { outline-offset: 0; border-radius: 9px; }
.search kbd { position: absolute; right: 0.75rem; top: 50%; translate: 0 -50%; padding: 0 0.45em; border: 1px solid var(--line-strong); border-radius: 5px; color: var(--soft); pointer-events: none; }
.search input:focus ~ kbd, .search input:not(:placeholder-shown) ~ kbd { display: none; }
.filters { display: flex; flex-wrap: wrap; gap: 0.35rem; align-items: center; }
.filter { min-height: 2.1rem; padding: 0.2rem 0.75rem; border: 1px solid transparent; border-radius: 99px; background: none; font-size: 0.875rem; color: var(--soft); }
.filter:hover { background: var(--code); color: var(--ink); }
.filter[aria-pressed="true"] { background: var(--surface); border-color: var(--line-strong); color: var(--ink); font-weight: 600; box-shadow: var(--shadow); }
.tally { color: var(--soft); font-weight: 400; }

table { width: 100%; border-collapse: collapse; text-align: left; }
th { padding: 0.65rem 0.75rem; font-size: 0.8125rem; font-weight: 500; color: var(--soft); white-space: nowrap; }
td { padding: 0.7rem 0.75rem; border-top: 1px solid var(--line); vertical-align: top; }
#issue-list > table, #issue-list > .empty { border: 1px solid var(--line); border-radius: 14px; background: var(--surface); border-spacing: 0; border-collapse: separate; box-shadow: var(--shadow); }
.issues th:first-child, .issues td:first-child { padding-left: 1.3rem; }
.issues th:last-child, .issues td:last-child { padding-right: 1.3rem; }
.issues tbody tr:hover td { background: var(--hover); }
.issues tbody tr:last-child td:first-child { border-bottom-left-radius: 14px; }
.issues tbody tr:last-child td:last-child { border-bottom-right-radius: 14px; }
td.key { white-space: nowrap; line-height: 1.7; }
td.name { width: 48%; overflow-wrap: anywhere; }
.issues tbody tr { cursor: pointer; }
.title { font-weight: 500; }
.tag.edited { background: var(--amber-ground); color: var(--amber-ink); font-weight: 550; }
td.priority, td.assigned, td.updated { color: var(--soft); font-size: 0.875rem; }
td.updated { white-space: nowrap; }
td.assigned { min-width: 8rem; max-width: 12rem; overflow-wrap: break-word; }
.more { padding: 1rem 0 0; text-align: center; color: var(--soft); }


.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 2.25rem 2.5rem; margin-top: 3rem; }
.panel { min-width: 0; }
.panel h2 { padding-bottom: 0.6rem; border-bottom: 1px solid var(--line-strong); }
.panel li { padding: 0.8rem 0; border-bottom: 1px solid var(--line); }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.6rem; }
.line .time { margin-left: auto; color: var(--soft); font-size: 0.8125rem; }
.facts { margin-top: 0.15rem; color: var(--soft); font-size: 0.875rem; overflow-wrap: anywhere; }
.sides { display: grid; gap: 0.15rem; margin-top: 0.3rem; font-size: 0.875rem; }
.sides > div { display: grid; grid-template-columns: 3.6rem 1fr; gap: 0.5rem; }
.sides dt { color: var(--soft); }
.sides dd { overflow-wrap: anywhere; }
.mappings th:first-child, .mappings td:first-child { padding-left: 0; }
.mappings td { overflow-wrap: anywhere; }
.mappings tbody tr:first-child td { border-top-color: var(--line); }

.empty { padding: 1rem 0; color: var(--soft); }
#issue-list > .empty { padding: 3.25rem 1.5rem; text-align: center; }
#issue-list > .empty p + p { margin-top: 0.6rem; }
#issue-list .empty-title { color: var(--ink); font-weight: 600; font-size: 1.0625rem; }
.foot { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 2rem; margin-top: 3.25rem; padding-top: 1.1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem; }
.foot p { overflow-wrap: anywhere; }

${ISSUE_STYLE}
${TEXT_STYLE}
@media (max-width: 46rem) {
  .actions, .actions .button { width: 100%; }
  .tiles { margin-bottom: 2.25rem; }
  .tile { flex-basis: 40%; min-height: 0; padding: 0.9rem 1rem; }
  .tile .value { font-size: 1.125rem; }
  .search kbd { display: none; }
  .search { max-width: none; flex-basis: 100%; }
  .filters { flex-wrap: nowrap; overflow-x: auto; margin: 0 -1rem; padding: 0.2rem 1rem 0.4rem; scrollbar-width: none; }
  .filter { flex: none; }
  .issues thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .issues, .issues tbody { display: block; }
  .issues tbody tr { display: grid; grid-template-columns: auto 1fr auto; gap: 0.2rem 0.75rem; align-items: center; padding: 0.9rem 1.1rem; border-top: 1px solid var(--line); }
  .issues tbody tr:first-child { border-top: 0; }
  .issues td, .issues td:first-child, .issues td:last-child { display: block; padding: 0; border: 0; width: auto; background: none; }
  .issues tbody tr:hover td { background: none; }
  td.key { grid-area: 1 / 1; }
  td.status { grid-area: 1 / 3; }
  td.name { grid-area: 2 / 1 / auto / span 3; }
  td.updated { grid-area: 3 / 1; }
  td.assigned { grid-area: 3 / 2 / auto / span 2; min-width: 0; max-width: none; text-align: right; }
  td.priority { display: none; }
}
@media (max-width: 60rem) and (min-width: 46.01rem) {
  .issues .priority { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .chip, .tile { border: 1px solid; }
  .filter[aria-pressed="true"], .filter[aria-pressed="true"] .tally { forced-color-adjust: none; background: Highlight; color: HighlightText; }
}
`;

/** The dialog with one issue, and the buttons that open it. */
export const ISSUE_STYLE: string =
  `.open { padding: 0; border: 0; background: none; font: inherit; color: var(--accent-ink); text-align: start; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.2em; overflow-wrap: anywhere; cursor: pointer; }
.issue { width: min(46rem, calc(100vw - 2rem)); max-width: none; max-height: calc(100dvh - 3rem); padding: 0; border: 1px solid var(--line-strong); border-radius: 14px; background: var(--surface); color: var(--ink); overflow: auto; overscroll-behavior: contain; }
.issue::backdrop { background: rgb(10 11 14 / 0.5); }
.sheet { padding: 0 1.6rem 1.6rem; }
.sheet-top { position: sticky; top: 0; display: flex; justify-content: space-between; gap: 1rem; margin: 0 -1.6rem; padding: 1.2rem 1.6rem 0.8rem; background: var(--surface); }
.sheet-top > div { min-width: 0; }
.sheet-top .mono { color: var(--soft); overflow-wrap: anywhere; }
.sheet-top h2 { font-size: 1.25rem; overflow-wrap: anywhere; }
.sheet-line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; }
.sheet-line a { margin-left: auto; overflow-wrap: anywhere; }
.sheet-facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: 0.75rem 1.5rem; margin-top: 1.1rem; }
.sheet-facts dt { color: var(--soft); font-size: 0.8125rem; }
.sheet-facts dd { overflow-wrap: anywhere; }
.sheet-facts .tags { margin-top: 0.15rem; }
.sheet-part { margin-top: 1.3rem; padding-top: 1.1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.sheet-part h3 { margin: 0 0 0.5rem; font-size: 0.9375rem; font-weight: 620; }
.sheet-part .plain { display: grid; gap: 0.7rem; }
.reason, .soft { color: var(--soft); }
.sheet-part > .soft { margin-top: 0.6rem; font-size: 0.875rem; }
@media (max-width: 46rem) {
  .sheet { padding: 0 1.1rem 1.2rem; }
  .sheet-top { margin: 0 -1.1rem; padding: 1rem 1.1rem 0.7rem; }
  .sheet-line a { margin-left: 0; }
  .sheet-facts { grid-template-columns: repeat(auto-fill, minmax(min(8rem, 100%), 1fr)); }
}`;

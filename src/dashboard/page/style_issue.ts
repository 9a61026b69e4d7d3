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
.text > * { margin: 0 0 0.75rem; }
.text > :last-child { margin-bottom: 0; }
.text h4, .text h5, .text h6 { margin: 1.2rem 0 0.5rem; font-size: 1rem; font-weight: 620; line-height: 1.4; }
.text h5, .text h6 { font-size: 0.9375rem; }
.text > :first-child { margin-top: 0; }
.text ul, .text ol { padding-inline-start: 1.4rem; }
.text ul { list-style: disc; }
.text li > p + *, .text blockquote > * + * { margin-top: 0.4rem; }
.text .task { display: flex; gap: 0.5rem; margin-inline-start: -1.3rem; }
.box { flex: none; width: 1.05rem; height: 1.05rem; margin-top: 0.2rem; border: 1px solid var(--soft); border-radius: 4px; font-size: 0.75rem; line-height: 1rem; text-align: center; }
.box.checked { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.text pre { padding: 0.75rem 0.9rem; border-radius: 8px; background: var(--code); white-space: pre-wrap; }
.text pre code { padding: 0; background: none; }
.text blockquote { padding-inline-start: 0.9rem; border-inline-start: 3px solid var(--line-strong); color: var(--soft); }
.text hr { height: 0; border: 0; border-top: 1px solid var(--line); }
@media (max-width: 46rem) {
  .sheet { padding: 0 1.1rem 1.2rem; }
  .sheet-top { margin: 0 -1.1rem; padding: 1rem 1.1rem 0.7rem; }
  .sheet-line a { margin-left: 0; }
  .sheet-facts { grid-template-columns: repeat(auto-fill, minmax(min(8rem, 100%), 1fr)); }
}`;

/** What the pages about activity, people, connections and the log have beside lists and forms. */
export const PAGES_STYLE: string = `
.tabs { margin-bottom: 1.1rem; }
.tabs ul { display: flex; flex-wrap: wrap; gap: 0.3rem; width: fit-content; padding: 0.25rem; border: 1px solid var(--line); border-radius: 11px; background: var(--code); }
.tabs a { display: block; padding: 0.35rem 0.9rem; border-radius: 8px; color: var(--soft); font-weight: 550; text-decoration: none; white-space: nowrap; }
.tabs a:hover { color: var(--ink); }
.tabs a[aria-current] { background: var(--surface); color: var(--ink); box-shadow: var(--shadow); }
.tabs a:focus-visible { outline-offset: -2px; }
.filter-links { margin-bottom: 1rem; }
.filter-links ul { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.filter-links a { display: inline-flex; align-items: center; min-height: 2.1rem; padding: 0.2rem 0.75rem; border: 1px solid transparent; border-radius: 99px; font-size: 0.875rem; color: var(--soft); text-decoration: none; }
.filter-links a:hover { background: var(--code); color: var(--ink); }
.filter-links a[aria-current] { background: var(--surface); border-color: var(--line-strong); color: var(--ink); font-weight: 600; box-shadow: var(--shadow); }
.title { font-weight: 550; }
.title bdi.soft { margin-left: 0.6rem; font-weight: 400; }
a.title { color: var(--ink); }
.why { margin-top: 0.25rem; color: var(--red-ink); font-weight: 400; font-size: 0.875rem; }
.tag { margin-left: 0.5rem; padding: 0.02rem 0.5rem; border-radius: 5px; background: var(--code); color: var(--soft); font-size: 0.75rem; font-weight: 400; white-space: nowrap; }
.details { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; margin-top: 0.25rem; color: var(--soft); font-size: 0.875rem; font-weight: 400; }
details { margin-top: 0.25rem; font-weight: 400; font-size: 0.875rem; }
summary { display: inline-block; padding: 0.1rem 0; color: var(--accent-ink); cursor: pointer; }
summary::before { content: "+ "; }
details[open] summary::before { content: "– "; }
pre { margin: 0.5rem 0; padding: 0.8rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 9px; background: var(--code); font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.heading { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; margin-top: 2.25rem; }
.heading h2 { margin: 0; }
.heading + .soft { margin-bottom: 0.85rem; }
section > .heading + * { margin-top: 0.75rem; }
.tools { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 0.75rem 1rem; margin-bottom: 1rem; }
.tool { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.2rem; min-width: min(14rem, 100%); max-width: 100%; }
.tool label { font-size: 0.8125rem; color: var(--soft); }
.tool select { min-height: 2.5rem; padding: 0.3rem 0.6rem; border: 1px solid var(--gray); border-radius: 9px; background: var(--surface); color: inherit; font: inherit; }
.tools .plain-button { min-height: 2.5rem; }
.tools > a { padding: 0.5rem 0; }
.once { display: grid; gap: 0.5rem; max-width: 44rem; margin-bottom: 1.5rem; padding: 1.3rem; border-color: var(--accent); }
.once label { font-weight: 600; }
.once-row { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.once-row .plain-button { min-height: 2.6rem; }
.once input { flex: 1 1 16rem; min-width: 0; min-height: 2.6rem; padding: 0.45rem 0.75rem; border: 1px solid var(--gray); border-radius: 9px; background: var(--ground); color: inherit; font: 0.9375rem ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: 0.4rem; font-weight: 550; }
fieldset.field { gap: 0.55rem; }
.guide { display: grid; gap: 0.35rem; margin: 0.75rem 0 0; padding-left: 1.4rem; max-width: 46rem; }
.guide + p { margin-top: 0.75rem; }
.words { display: grid; gap: 0.4rem; }
.words li { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem; }
.words .plain-button { min-height: 1.9rem; padding: 0.1rem 0.65rem; font-size: 0.8125rem; }
.list td > .chip { justify-self: start; }
.chips { display: flex; flex-wrap: wrap; gap: 0.35rem; }
@media (min-width: 46.01rem) { .list td.soft time { white-space: nowrap; } }
@media (min-width: 46.01rem) { .list:has(th:nth-child(5)) td.name { width: 30%; } }
.field label .soft { margin-left: 0.35rem; }
.field .check input { width: 1.1rem; height: 1.1rem; min-height: 0; padding: 0; }
.list + .form-actions { margin-top: 1rem; }
section > p > .button, pre + p, .once + *, section + p { margin-top: 1.25rem; }
main > p + .form-actions, section > p + .once, section > .guide + .once, section > p + .notice { margin-top: 1.25rem; }
.facts-card { padding: 1.2rem 1.3rem; }
.steps { margin-bottom: 1.75rem; padding: 1.3rem 1.4rem 1.4rem; }
.steps h2 { margin: 0; }
.steps .soft { margin-top: 0.2rem; }
.steps ol { display: grid; gap: 0.9rem; margin: 1.1rem 0 0; padding: 0; list-style: none; }
.steps li { display: grid; grid-template-columns: 1.7rem 1fr; gap: 0.1rem 0.85rem; }
.steps .mark { display: grid; place-items: center; width: 1.7rem; height: 1.7rem; border: 1.5px solid var(--line-strong); border-radius: 50%; color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
.steps .is-done .mark { border-color: transparent; background: var(--green-ground); color: var(--green-ink); }
.steps .is-next .mark { border-color: var(--accent); color: var(--accent-ink); }
.steps .is-done .title { color: var(--soft); }
.steps pre { margin-bottom: 0; }
`;

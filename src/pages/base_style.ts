/** What all pages have in common: type, links, focus, the bar at the top, buttons, notices, tags and chips. */
export const BASE_STYLE: string = `*, *::before, *::after { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 74rem; padding: 0 clamp(1rem, 4vw, 2.5rem) 3rem;
  background: var(--ground); color: var(--ink);
  font: 400 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, p, dl, dd, ul { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.125rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.022em; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; line-height: 1.4; font-weight: 620; letter-spacing: -0.008em; }
strong { font-weight: 600; }
a { color: var(--accent-ink); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
code, .mono, td.key, kbd { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; }
code { padding: 0.12em 0.4em; border-radius: 5px; background: var(--code); color: var(--ink); overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent-ink); outline-offset: 2px; border-radius: 6px; }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 0.9rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; z-index: 1; }
.skip:focus { top: 0.75rem; }

.bar { display: flex; justify-content: space-between; align-items: center; padding: 1.1rem 0; color: var(--soft); font-size: 0.875rem; }
.brand { display: flex; align-items: center; gap: 0.55rem; font-weight: 600; color: var(--ink); letter-spacing: -0.01em; }
.brand img { display: block; }
.lead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-end; gap: 1rem 2rem; padding: 1.4rem 0 1.9rem; }
.names { min-width: 0; }
.button, .plain-button { font: inherit; color: inherit; cursor: pointer; }
.button { min-height: 2.6rem; padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: 9px; background: var(--accent); color: var(--on-accent); font-weight: 600; box-shadow: 0 1px 2px rgb(0 0 0 / 0.14); }
.button:hover { background: var(--accent-deep); }
.button[aria-disabled] { background: var(--code); color: var(--soft); box-shadow: none; cursor: progress; }
.plain-button { min-height: 2.25rem; padding: 0.35rem 0.95rem; border: 1px solid var(--line-strong); border-radius: 8px; background: var(--surface); font-weight: 550; }
.plain-button:hover { background: var(--code); }
.notice { display: flex; gap: 1rem; padding: 0.85rem 1.1rem; border-radius: 10px; border: 1px solid var(--tone-line); background: var(--tone-ground); }
.notice::before { content: ""; flex: none; width: 0.55rem; height: 0.55rem; margin: 0.48rem -0.15rem 0 0; border-radius: 50%; background: var(--tone); }
.notice > div { flex: 1; display: flex; flex-wrap: wrap; gap: 0 0.6rem; }
.notice-title { flex-basis: 100%; font-weight: 600; }
.tags { display: flex; flex-wrap: wrap; gap: 0.3rem; margin-top: 0.3rem; }
.tag { padding: 0.02rem 0.5rem; border-radius: 5px; background: var(--code); color: var(--soft); font-size: 0.75rem; }
.chip { display: inline-flex; align-items: center; gap: 0.42em; padding: 0.08rem 0.6rem 0.1rem 0.5rem; border-radius: 99px; font-size: 0.8125rem; font-weight: 500; line-height: 1.5; white-space: nowrap; background: var(--chip-ground); color: var(--chip-ink); }
.dot { width: 0.44rem; height: 0.44rem; border-radius: 50%; background: var(--chip-dot); }
`;

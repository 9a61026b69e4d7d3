import { COLOR_STYLE } from "../../pages/colors.ts";

/** The style sheet of the pages on which a device or a program is signed in: the look of the console. */
export const DEVICE_STYLE: string = `${COLOR_STYLE}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1.25rem 1rem 2rem; display: grid; gap: 1.25rem;
  grid-template-rows: auto auto 1fr; justify-items: center; align-content: start;
  background: var(--ground); color: var(--ink);
  font: 400 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header, main, footer { width: min(26rem, 100%); }
header { display: flex; align-items: center; gap: 0.55rem; margin-top: clamp(0rem, 8vh, 5rem); font-weight: 600; }
main { padding: 1.6rem; border: 1px solid var(--line); border-radius: 14px; background: var(--surface); }
footer { color: var(--soft); font-size: 0.875rem; }
.mark { fill: #2f4fc4; }
.letter { fill: none; stroke: #ffffff; stroke-width: 3.4; stroke-linecap: round; }
.spot { fill: #9fe3c0; }
h1 { margin: 0 0 0.5rem; font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.125rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
p { margin: 0; overflow-wrap: anywhere; }
label { display: block; margin-top: 1.15rem; font-weight: 550; }
input {
  display: block; width: 100%; min-height: 2.75rem; margin-top: 0.3rem; padding: 0.5rem 0.75rem;
  border: 1px solid var(--gray); border-radius: 9px; background: var(--ground); color: inherit;
  font: inherit; font-size: 1rem; font-weight: 400;
}
input[aria-invalid] { border-color: var(--red); box-shadow: 0 0 0 1px var(--red); }
.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: 0.12em; text-transform: uppercase; }
.actions { display: flex; gap: 0.75rem; margin-top: 1.5rem; }
button {
  flex: 1; min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: 9px;
  background: var(--accent); color: #ffffff; font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--accent-deep); }
button.quiet { background: var(--code); color: var(--ink); }
button.quiet:hover { border-color: var(--gray); }
:focus-visible { outline: 2px solid var(--accent-ink); outline-offset: 2px; }
.problem, .good { margin-top: 1rem; padding: 0.7rem 0.9rem; border-radius: 9px; background: var(--red-ground); color: var(--red-ink); }
.good { background: var(--green-ground); color: var(--green-ink); }
`;

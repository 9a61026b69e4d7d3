/** The style sheet of the sign-in page, in the dashboard's colours; every pair of ink and ground has a contrast of 4.5 or more. */
export const DEVICE_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --surface: #ffffff; --line: #e5e5df; --field: #7d828c; --ink: #1b1c20; --soft: #595d66;
  --accent: #2f4fc4; --accent-deep: #253fa3; --accent-ink: #2846b4; --quiet: #ecece7;
  --red: #c23a2f; --red-ink: #93261d; --red-ground: #fbe9e7; --green-ink: #1b5e3c; --green-ground: #e3f3ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121316; --surface: #1a1c20; --line: #2a2d33; --field: #8d929d; --ink: #ebecef; --soft: #a3a8b3;
    --accent: #4666dc; --accent-deep: #3a58c8; --accent-ink: #a3b7ff; --quiet: #26292f;
    --red: #f0766b; --red-ink: #f7aaa3; --red-ground: #3a1d1b; --green-ink: #93dcb6; --green-ground: #17301f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1.25rem 1rem 2rem; display: grid; gap: 1.25rem;
  grid-template-rows: auto auto 1fr; justify-items: center; align-content: start;
  background: var(--ground); color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header, main, footer { width: min(26rem, 100%); }
header { display: flex; align-items: center; gap: 0.55rem; margin-top: clamp(0rem, 8vh, 5rem); font-weight: 600; }
main { padding: 1.5rem; border: 1px solid var(--line); border-radius: 14px; background: var(--surface); }
footer { color: var(--soft); font-size: 0.875rem; }
.mark { fill: #2f4fc4; }
.letter { fill: none; stroke: #ffffff; stroke-width: 3.4; stroke-linecap: round; }
.spot { fill: #9fe3c0; }
h1 { margin: 0 0 0.4rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.02em; }
p { margin: 0; overflow-wrap: anywhere; }
label { display: block; margin-top: 1rem; font-size: 0.875rem; font-weight: 550; }
input {
  display: block; width: 100%; min-height: 2.75rem; margin-top: 0.3rem; padding: 0.5rem 0.75rem;
  border: 1px solid var(--field); border-radius: 9px; background: var(--ground); color: inherit;
  font: inherit; font-size: 1rem; font-weight: 400;
}
input[aria-invalid] { border-color: var(--red); }
.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: 0.12em; text-transform: uppercase; }
.actions { display: flex; gap: 0.75rem; margin-top: 1.5rem; }
button {
  flex: 1; min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: 9px;
  background: var(--accent); color: #ffffff; font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--accent-deep); }
button.quiet { background: var(--quiet); color: var(--ink); }
button.quiet:hover { border-color: var(--field); }
:focus-visible { outline: 2px solid var(--accent-ink); outline-offset: 2px; }
.problem, .good { margin-top: 1rem; padding: 0.7rem 0.9rem; border-radius: 9px; background: var(--red-ground); color: var(--red-ink); }
.good { background: var(--green-ground); color: var(--green-ink); }
`;

import { BASE_STYLE } from "../../../pages/base_style.ts";
import { COLOR_STYLE } from "../../../pages/colors.ts";
import { TEXT_STYLE } from "../../../pages/text_style.ts";
import { FORM_STYLE } from "./style_form.ts";
import { ISSUE_STYLE } from "./style_issue.ts";
import { LIST_STYLE } from "./style_list.ts";
import { PAGES_STYLE } from "./style_pages.ts";

/** The style sheet of the console and of the pages on which a person signs in. */
export const STYLE: string = `${COLOR_STYLE}
${BASE_STYLE}
body { min-height: 100dvh; display: flex; flex-direction: column; }
#main { flex: 1 0 auto; min-width: 0; }
#main:focus { outline: none; }
.bar { flex-wrap: wrap; gap: 0.6rem 1.25rem; }
.brand { text-decoration: none; }
.account { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; min-width: 0; }
.account .team, .account .who { overflow-wrap: anywhere; }
.account .team { font-weight: 600; color: var(--ink); }
.team-choice { display: flex; gap: 0.4rem; }
.account .plain-button { min-height: 2rem; padding: 0.2rem 0.75rem; font-size: 0.875rem; }
.sections { border-bottom: 1px solid var(--line-strong); }
.sections ul { display: flex; flex-wrap: wrap; gap: 0 1.6rem; }
.sections a { display: block; padding: 0.6rem 0 0.55rem; border-bottom: 3px solid transparent; color: var(--soft); font-weight: 550; text-decoration: none; white-space: nowrap; }
.sections a:hover { color: var(--ink); }
.sections a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); }
.sections a:focus-visible { outline-offset: -3px; }
.lead { padding: 1.6rem 0 1.4rem; }
.lead .soft { margin-top: 0.3rem; max-width: 46rem; }
.lead-actions { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.lead-actions form { display: flex; }
.soft { color: var(--soft); }
.notice { margin-top: 1.25rem; }
.notice, .lead { overflow-wrap: anywhere; }
.notice .soft { color: inherit; }
a.button, a.plain-button { display: inline-flex; align-items: center; justify-content: center; text-decoration: none; }
a.button { color: var(--on-accent); }
a.plain-button { color: inherit; }
.button.danger { background: var(--danger); }
.button.danger:hover { background: var(--danger-deep); }
.card { border: 1px solid var(--line); border-radius: 14px; background: var(--surface); box-shadow: var(--shadow); }
.message { max-width: 34rem; margin-top: 1.6rem; padding: 1.6rem; overflow-wrap: anywhere; }
.message > * + * { margin-top: 0.9rem; }
h2 { margin-top: 2.25rem; font-size: 1.25rem; }
h2 + * { margin-top: 0.75rem; }
.foot { margin-top: 3.25rem; padding-top: 1.1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem; }
.narrow { max-width: 30rem; }
.narrow .bar { margin-top: clamp(0rem, 8vh, 5rem); }
.narrow .message { max-width: none; margin-top: 0; }
.narrow .foot { margin-top: 1.25rem; border: 0; padding: 0; font-size: 0.875rem; }
:root { --danger: #b3322a; --danger-deep: #93261d; }
@media (prefers-color-scheme: dark) { :root { --danger: #b93c33; --danger-deep: #a3322a; } }
${FORM_STYLE}
${LIST_STYLE}
${PAGES_STYLE}
${ISSUE_STYLE}
${TEXT_STYLE}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .chip, .button, .card { border: 1px solid; }
}
`;

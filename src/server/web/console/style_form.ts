/** Forms: fields with their labels, hints and problems. */
export const FORM_STYLE: string = `
.form { display: grid; gap: 1.15rem; max-width: 34rem; }
.form .notice { margin: 0; }
main > .form, main > section > .form {
  margin-top: 1.6rem; padding: 1.6rem; border: 1px solid var(--line); border-radius: 14px; background: var(--surface);
  box-shadow: var(--shadow);
}
main > section > .form { margin-top: 0.9rem; }
.notice ul { flex-basis: 100%; }
.field { display: grid; gap: 0.25rem; min-width: 0; }
.field label, .check label { font-weight: 550; }
.field label .soft { font-weight: 400; }
.hint { color: var(--soft); font-size: 0.875rem; overflow-wrap: anywhere; }
.problem { color: var(--red-ink); font-size: 0.875rem; font-weight: 550; }
.field input, .field textarea, .field select, .team-choice select, .filters select, .filters input {
  width: 100%; min-height: 2.6rem; padding: 0.45rem 0.75rem; border: 1px solid var(--gray); border-radius: 9px;
  background: var(--surface); color: inherit; font: inherit; font-size: 1rem;
}
.card .field input, .card .field textarea, .card .field select,
.form .field input, .form .field textarea, .form .field select { background: var(--ground); }
.field textarea { resize: vertical; }
.field .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.9375rem; }
.field input[type=file] { padding: 0.5rem; }
.wrong input, .wrong textarea, .wrong select { border-color: var(--red); box-shadow: 0 0 0 1px var(--red); }
.check { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 0.6rem; align-items: baseline; }
.check input { width: 1.1rem; height: 1.1rem; margin: 0; translate: 0 0.15rem; accent-color: var(--accent); }
.check .hint { grid-column: 2; }
.form-actions { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.form-actions .plain-button { min-height: 2.6rem; }
.team-choice select { width: auto; min-height: 2rem; padding: 0.1rem 0.5rem; font-size: 0.875rem; max-width: 12rem; }
.narrow .form { max-width: none; }
.narrow .form-actions > * { flex: 1; }
`;

/** A text in Markdown. */
export const TEXT_STYLE: string = `.text > * { margin: 0 0 0.75rem; }
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
.text table { width: auto; border-collapse: collapse; font-size: 0.9375rem; }
.text th, .text td { padding: 0.35rem 0.75rem; border: 1px solid var(--line); text-align: start; vertical-align: top; overflow-wrap: anywhere; white-space: normal; }
.text th { font-weight: 620; }
.text .left { text-align: left; }
.text .center { text-align: center; }
.text .right { text-align: right; }
.text hr { height: 0; border: 0; border-top: 1px solid var(--line); }
`;

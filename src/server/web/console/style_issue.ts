/** The search for issues, and the page of one. */
export const ISSUE_STYLE: string = `
.filters { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 0.75rem; margin-bottom: 1.1rem; }
.filters > div { min-width: 9rem; }
.filters .grow { flex: 1 1 16rem; }
.filters label { display: block; margin-bottom: 0.2rem; font-size: 0.8125rem; color: var(--soft); }
.filters .plain-button { min-height: 2.6rem; }
.part { margin-top: 1.25rem; padding: 1.2rem 1.4rem; overflow-wrap: anywhere; }
.part > h2 { margin-top: 0; font-size: 1.0625rem; }
.comment > .text { margin-top: 0.4rem; }
.issue-lead { padding-bottom: 0.2rem; }
.issue-lead h1 { margin-top: 0.2rem; font-size: clamp(1.4rem, 1.2rem + 1vw, 1.75rem); }
.issue-state { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.75rem; margin-top: 0.6rem; }
.issue-state .tags { margin: 0; }
.tags > .tag { margin-left: 0; white-space: normal; overflow-wrap: anywhere; }
.text h3 { margin: 1.2rem 0 0.5rem; font-size: 1.0625rem; font-weight: 620; }
.deeds { margin-top: 1.1rem; }
.steps pre { margin: 0.8rem 0 0; padding: 0.75rem 0.9rem; border-radius: 8px; background: var(--code); white-space: pre-wrap; }
.steps pre code { padding: 0; background: none; }
.effects { list-style: disc; padding-inline-start: 1.3rem; }
.card.effects { padding-inline-start: 2.4rem; }
.effects li + li { margin-top: 0.4rem; }
.empty-actions { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.6rem; }
`;

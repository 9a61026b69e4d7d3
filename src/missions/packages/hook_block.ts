import { WORKER_FILE } from "./hook_worker.ts";

/** What a change of a hook comes to. */
export type HookedText =
  /** `text`: what the hook is then; `null` when there is to be none. */
  | { readonly kind: "changed"; readonly text: string | null }
  | { readonly kind: "kept" }
  | { readonly kind: "refused"; readonly reason: string };

const BEGIN = "# >>> tracker wp push >>>";
const END = "# <<< tracker wp push <<<";

/**
 * The lines of every hook. They name nothing of this clone, so that a hook which is a file of the project can be
 * committed: in a clone without the worker they do nothing.
 */
const BLOCK = `${BEGIN}
# \`tracker wp hook remove\` takes these lines away.
({
  at=.git; [ -d .git ] || at=$(git rev-parse --git-common-dir)
  [ -f "$at/${WORKER_FILE}" ] && exec sh "$at/${WORKER_FILE}"
} </dev/null >/dev/null 2>&1 &) || :
${END}
`;

/** The first line of a hook that is ours alone. */
const OWN_START = "#!/bin/sh\n";

/** Shells that understand the block. */
const SHELL = /^#!.*\b(?:sh|bash|dash|ksh|zsh)\b/;

/** Returns a hook with the block that starts the worker in the background, behind its first line. */
export function withBlock(before: string | null): HookedText {
  if (before === null) return { kind: "changed", text: `${OWN_START}${BLOCK}` };
  const own = found(before);
  if (own !== null) {
    const text = `${before.slice(0, own.start)}${BLOCK}${before.slice(own.end)}`;
    return text === before ? { kind: "kept" } : { kind: "changed", text };
  }
  const [first = ""] = before.split("\n", 1);
  if (first.startsWith("#!") && !SHELL.test(first)) {
    return { kind: "refused", reason: `it is no shell script ("${first.trim()}")` };
  }
  if (first.endsWith("\r")) return { kind: "refused", reason: "its lines end as those of Windows" };
  // Without its line of an interpreter, git has a shell run it.
  const start = first.startsWith("#!") ? first.length + 1 : 0;
  if (start > before.length) return { kind: "refused", reason: "its only line has no end" };
  return {
    kind: "changed",
    text: `${before.slice(0, start)}${BLOCK}${before.slice(start)}`,
  };
}

/** Returns a hook without the block; none, where nothing but ours is left. */
export function withoutBlock(before: string | null): HookedText {
  const own = before === null ? null : found(before);
  if (before === null || own === null) return { kind: "kept" };
  const left = `${before.slice(0, own.start)}${before.slice(own.end)}`;
  return { kind: "changed", text: left === OWN_START && own.isNew ? null : left };
}

function found(text: string) {
  const start = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`, start);
  if (start < 0 || end < 0) return null;
  return { start, end: end + END.length + 1, isNew: text.startsWith(`${OWN_START}${BEGIN}\n`) };
}

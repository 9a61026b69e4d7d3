/** What other programs call a command, by the command; of several that are meant the first one counts. */
const LINES = Object.entries({
  "auth login": ["login", "signin"],
  "auth logout": ["logout", "signout"],
  "auth status": ["whoami", "me", "auth whoami"],
  "config list": ["settings"],
  "config get": ["get"],
  "config set": ["set", "configure"],
  "bind": ["init", "link", "connect", "setup"],
  "unbind": ["unlink", "disconnect"],
  "issue": ["ticket"],
  "issue search": ["search", "find", "issue find"],
  "issue list": [
    ...["list", "ls", "issues", "tickets", "ready", "next", "search", "find"],
    ...["issue ready", "issue next", "issue search", "issue find"],
  ],
  "issue show": ["view", "show", "open", "browse", "issue open", "issue browse"],
  "issue create": ["new", "create"],
  "issue edit": ["edit", "update", "assign", "label", "issue assign", "issue label"],
  "issue move": ["move", "transition", "issue transition", "issue status"],
  "issue close": ["close", "done", "issue done", "issue delete", "issue rm"],
  "issue reopen": ["reopen"],
  "issue comment": ["comment", "note", "issue note"],
  "issue branch": ["branch", "checkout", "issue checkout", "issue develop"],
  "sync pull": ["pull", "fetch"],
  "sync push": ["push", "send"],
  "sync conflicts": ["conflicts", "resolve", "sync resolve"],
  "sync publish": ["publish"],
  "mission start": ["start", "work", "issue start"],
  "wp list": ["tasks"],
  "events flush": ["upload", "events push", "events send"],
  "daemon start": ["daemon up", "daemon restart"],
  "daemon stop": ["daemon down", "daemon kill"],
  "dashboard": ["board", "ui", "web"],
  "host serve": ["serve"],
  "host": ["server"],
  "man": ["manual"],
  "help": ["commands"],
});

/** What other programs call a verb, by the verb that a noun may have for it here. */
const VERBS = Object.entries({
  list: ["ls", "all", "index"],
  show: ["view", "get", "info", "display"],
  create: ["new", "add", "make"],
  add: ["new", "create"],
  edit: ["update", "modify", "change"],
  set: ["update", "change"],
  remove: ["rm", "delete", "del", "uninstall"],
  unset: ["rm", "delete", "del", "remove"],
  delete: ["rm", "remove", "del"],
  pull: ["fetch", "download"],
  push: ["send", "upload", "sync"],
  run: ["now", "all"],
  status: ["show", "view", "info"],
  guide: ["show", "view"],
  install: ["add", "init"],
});

/** Verbs that stand for what a noun shows, where it has no other. */
const LISTED = ["show", "view", "get", "find"];

/**
 * Returns the command that a word of another program means here; `null` for a word of none, and where there is no such
 * command. `given` is the line up to and with that word, such as `issue view`.
 */
export function otherWord(given: string, names: readonly string[]): string | null {
  const lines = LINES.filter(([, words]) => words.includes(given)).map(([name]) => name);
  const at = given.lastIndexOf(" ") + 1;
  const [group, word] = [given.slice(0, at), given.slice(at)];
  const verbs = VERBS.filter(([, words]) => words.includes(word)).map(([verb]) => verb);
  if (LISTED.includes(word)) verbs.push("list");
  const meant = at === 0 ? lines : [...lines, ...verbs.map((verb) => `${group}${verb}`)];
  return meant.find((name) => names.includes(name)) ?? null;
}

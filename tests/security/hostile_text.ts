import assert from "node:assert/strict";
import type { Fetch } from "../../src/platform/platform.ts";
import type { CommandResult } from "../support/cli.ts";

const ESC = "\u001b";

/** What would act on a terminal, or reorder or hide what it shows. */
export const HARMFUL = /[^\P{Cc}\n\t]|[\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/u;

/** Our own colours, the removal of lines that are drawn again, and the screen on which a person chooses. */
const OWN_CODES = new RegExp(
  `${ESC}\\[(?:1|2|22|31|32|33|34|39)m|\r${ESC}\\[2K|\r(?:${ESC}\\[\\d+A)?${ESC}\\[J` +
    `|${ESC}\\[\\?(?:1049|2004)[hl]|${ESC}\\[(?:\\d+;\\d+)?H|${ESC}\\[K|${ESC}\\[J`,
  "g",
);

const CONTROLS = `${ESC}[31m${ESC}]0;owned\u0007${ESC}[2J\u009b2J\u202e\u200b`;

/** What follows a text that comes from a stranger: codes for the terminal, then a line that looks like ours. */
export const HOSTILE = `${CONTROLS}\r\nFORGED`;

/** A hostile text of several lines, which may begin a line where several are shown. */
export const HOSTILE_BODY = `Steps${CONTROLS}\r\nand\rmore`;

/** Asserts that a terminal can be shown what a command has written, and that no foreign text begins a line. */
export function assertSafe(line: string, { stdout, stderr }: CommandResult): void {
  for (const text of [stdout, stderr]) {
    const words = text.replaceAll(`${ESC}[K\r\n`, "\n").replace(OWN_CODES, "");
    const at = HARMFUL.exec(words)?.index ?? -1;
    assert.ok(at < 0, `${line}: ${JSON.stringify(words.slice(Math.max(0, at - 60), at + 20))}`);
    assert.doesNotMatch(words, /^FORGED/m, line);
  }
}

/** Whether a command has shown a hostile text. */
export function showsHostile({ stdout, stderr }: CommandResult): boolean {
  return /FORGED|and\nmore/.test(stdout + stderr);
}

/** Members of a host's answers that hold the words of people and of other programs. */
const FOREIGN: readonly string[] = [
  ...["title", "labels", "assignees", "name", "username", "message", "guidance", "reason"],
  ...["display_label", "match_reason", "match_type", "workspace_name", "team_name", "workspace"],
  ...["url", "external_url", "external_issue_url", "project_slug", "bound_project_slug"],
  ...["sync_state", "installation_id", "receipt_id", "wp_id", "external_key", "user_code"],
  ...["verification_uri", "verification_uri_complete", "next_action", "detail"],
];

/** A JSON value with the words of strangers in it. */
export function poisoned(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => poisoned(item, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, poisoned(item, key)]),
    );
  }
  if (name === "body") return HOSTILE_BODY;
  return typeof value === "string" && FOREIGN.includes(name) ? value + HOSTILE : value;
}

/** A network whose hosts answer with the words of strangers. */
export function poisonedNetwork(real: Fetch): Fetch {
  return async (input, init) => {
    const answer = await real(input, init);
    const text = await answer.text();
    const { status, headers } = answer;
    const kept = new Headers(headers);
    kept.delete("content-length");
    const body = text === "" ? null : JSON.stringify(poisoned(JSON.parse(text)));
    return new Response(body, { status, headers: kept });
  };
}

/** A network whose hosts refuse every request in the words of strangers, with the status. */
export function refusingNetwork(status: number): (real: Fetch) => Fetch {
  const error = {
    error_code: status === 400 ? "validation_error" : "internal_error",
    category: status === 400 ? "validation" : "server",
    message: `It cannot be${HOSTILE}`,
    retryable: false,
    user_action_required: false,
    details: { [`field${HOSTILE}`]: [`is wrong${HOSTILE}`] },
  };
  return () => () => Promise.resolve(Response.json(error, { status }));
}

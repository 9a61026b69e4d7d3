/** One project bound to a host, and one bound to a local tool, with the same issues: what is done every day works in both. */
import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { fpIssue } from "../support/issues.ts";
import { initRepository } from "../support/world_git.ts";
import { inProject, type LocalWorld } from "./local_setup.ts";

/** A bound project whose issues are all at the tracker. */
export interface Daily {
  readonly world: World;
  /** The key of an issue, by the first word of its title. */
  key(word: string): string;
  /** Runs a command that must succeed, in this process; answers standard output. */
  ok(...args: string[]): Promise<string>;
  /** The same with `--json`; answers the document. */
  json(...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** The titles that a list prints, in its order. */
  titles(...options: string[]): Promise<string[]>;
  /** The issue as the tracker itself has it: its title, and whether it is closed there. */
  there(word: string): Promise<{ readonly title: unknown; readonly isClosed: boolean }>;
  /** Fails when the other side was asked for anything since the last call. */
  nothingAsked(): Promise<void>;
}

/** Who the tests are at the tracker. */
export const ME = "mei";

const ISSUES: readonly (readonly string[])[] = [
  ["Retry uploads", "--type", "bug", "--priority", "high", "--label", "api", "--assignee", ME],
  ["Rotate keys", "--type", "task", "--priority", "low", "--label", "api", "--label", "keys"],
  ["Write guide", "--type", "task", "--priority", "medium"],
];

/** What fp has no place for when an issue is created. */
const NOT_IN_FP: readonly string[] = ["--type", "--assignee"];

/** The issues as fp can hold them. */
const FP_ISSUES = ISSUES.map((words) =>
  words.filter((word, at) => !NOT_IN_FP.includes(word) && !NOT_IN_FP.includes(words[at - 1] ?? ""))
);

/** Adds a test for each kind of binding; for fp where it can do the `whole` of it. */
export function daily(
  name: string,
  test: (daily: Daily) => Promise<void>,
  fp: "whole" | "other" = "whole",
): void {
  Deno.test(`${name}: at a host`, () =>
    withBoundWorld(async (world) => {
      await inDaily(world, { kind: "hosted", added: ISSUES }, test, {
        async there(key) {
          const { candidates } = await document(world, "issue", "search", "--key", key);
          const [{ title, status }] = candidates;
          return { title, isClosed: /done|canceled|closed/i.test(JSON.stringify(status)) };
        },
        asked: async () => (await world.requests()).length,
      });
    }));
  Deno.test(`${name}: with a local tool`, () =>
    inProject("bd", async ({ world, tool, bind }) => {
      await bind();
      await inDaily(world, { kind: "bd", added: ISSUES }, test, sideOf(tool, "closed"));
    }));
  if (fp === "whole") dailyInFp(name, test);
}

/** Adds a test for a project of fp that has a place for labels. */
export function dailyInFp(name: string, test: (daily: Daily) => Promise<void>): void {
  Deno.test(`${name}: with fp`, () =>
    inProject("fp", async ({ world, tool, bind }) => {
      tool.behave({ properties: ["labels"] });
      tool.setIssues([fpIssue("my-app-zzz9", { properties: { labels: "old" } })]);
      await bind();
      await inDaily(world, { kind: "fp", added: FP_ISSUES }, test, sideOf(tool, "done"));
    }));
}

function sideOf(tool: LocalWorld["tool"], closed: string): OtherSide {
  return {
    there(key) {
      const issue = tool.issues().find(({ id }) => id === key);
      return Promise.resolve({ title: issue?.["title"], isClosed: issue?.["status"] === closed });
    },
    asked: () => Promise.resolve(tool.calls().length),
  };
}

interface OtherSide {
  there(key: string): ReturnType<Daily["there"]>;
  /** How often it was asked for something. */
  asked(): Promise<number>;
}

async function inDaily(
  world: World,
  { kind, added }: { readonly kind: string; readonly added: readonly (readonly string[])[] },
  test: (daily: Daily) => Promise<void>,
  other: OtherSide,
): Promise<void> {
  await initRepository(world, ME, "mei@example.com");
  await ends(world, 0, ["config", "set", "mission.assignee", ME]);
  // That fp has a place for labels shows only in an issue that has some.
  if (kind === "fp") await ends(world, 0, ["sync", "pull"]);
  for (const [title = "", ...options] of added) {
    await ends(world, 0, ["issue", "create", "--title", title, ...options]);
  }
  await ends(world, 0, ["sync", "push"]);
  await ends(world, 0, ["sync", "pull", "--all"]);
  // The host of the tests has issues of its own as well.
  const { issues } = await document(world, "issue", "list", "--all");
  const keys = new Map<string, string>(
    issues.map((issue: ReturnType<typeof JSON.parse>) => [
      issue.title,
      issue.ref.key ?? issue.ref.id,
    ]),
  );
  const ours = new Set(ISSUES.map(([title]) => title));
  const key = (word: string) => {
    const title = ISSUES.map(([title = ""]) => title).find((one) => one.startsWith(word)) ?? "";
    const found = keys.get(title);
    assert.ok(found !== undefined, `${kind}: no issue "${word}"`);
    return found;
  };
  let asked = await other.asked();
  await test({
    world,
    key,
    ok: async (...args) => (await ends(world, 0, args)).stdout,
    json: (...args) => document(world, ...args),
    async titles(...options) {
      const listed = await document(world, "issue", "list", "--all", ...options);
      return listed.issues.map(({ title }: { title: string }) => title)
        .filter((title: string) => ours.has(title));
    },
    there: (word) => other.there(key(word)),
    async nothingAsked() {
      const now = await other.asked();
      assert.equal(now, asked, `${kind}: the other side was asked`);
      asked = now;
    },
  });
}

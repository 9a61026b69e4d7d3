import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { STATUSES } from "../../../src/contract/issue.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { locateWorkspace } from "../../../src/local/workspace.ts";
import { IssueStore } from "../../../src/store/issue_store.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

/** A bound project with a cache of its own. */
export interface CachedProject {
  /** The user's home; the project is in it. */
  readonly home: string;
  readonly project: string;
  /** The file of the cache. */
  readonly cache: string;
}

/** Found in one issue alone, in its text. */
export const RARE_WORD = "quixotry";
/** Found in every eighth issue. */
export const COMMON_WORD = "importer";
/** Two letters that many issues have. */
export const TWO_COMMON = "in";
/** Two letters of one issue, which no index has. */
export const TWO_LETTERS = "qz";

const PAGE = 1_000;
const BODY = 600;

/** Makes a project below `home` whose cache has so many issues of about 1.1 kB, put there page by page as by a pull. */
export async function cachedProject(home: string, count: number): Promise<CachedProject> {
  const project = `${home}/project`;
  await Deno.mkdir(`${project}/.kittify`, { recursive: true });
  await Deno.writeTextFile(
    `${project}/.kittify/config.yaml`,
    "tracker:\n  provider: beads\n  workspace: my-project\n",
  );
  const env: Readonly<Record<string, string>> = { HOME: home, USERPROFILE: home };
  const platform: Platform = { ...systemPlatform(), env: { get: (name) => env[name] } };
  const { storePath } = await locateWorkspace(platform, project, "beads", "my-project");
  using store = await IssueStore.open(platform, storePath);
  const text = writer();
  for (let from = 0; from < count; from += PAGE) {
    const size = Math.min(PAGE, count - from);
    store.putPage(Array.from({ length: size }, (_, at) => issue(from + at, count, text)));
  }
  return { home, project, cache: storePath };
}

function issue(number: number, count: number, text: (length: number) => string): NormalizedIssue {
  const changed = Date.UTC(2026, 0, 1) + (number * 7919 % count) * 1_000;
  const rare = number === Math.floor(count / 3) ? ` ${RARE_WORD} ${TWO_LETTERS}` : "";
  return {
    ref: { system: "beads", workspace: "my-project", id: `bd-${number}`, key: null, url: null },
    title: `${text(40)}${number % 8 === 5 ? ` ${COMMON_WORD}` : ""}`,
    body: `${text(BODY)}${rare}`,
    status: STATUSES[number % STATUSES.length] ?? "todo",
    issue_type: number % 3 === 0 ? "bug" : "task",
    priority: [0, 1, 2, 3, 4][number % 5] === 1 ? 1 : 2,
    assignees: ["ada"],
    labels: ["core", `area-${number % 20}`],
    parent_ref: null,
    links: [],
    custom_fields: {},
    created_at: new Date(changed - 86_400_000).toISOString(),
    updated_at: new Date(changed).toISOString(),
    provider_metadata: { created_by: "ada@example.com", external_ref: null },
  };
}

/** Returns who writes text of at least a length: of 10,000 words, of which few are used often. */
function writer(): (length: number) => string {
  let state = 1;
  // https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain)
  const chance = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
  };
  const of = <T>(all: readonly T[], power: number) =>
    all[Math.floor(all.length * chance() ** power)];
  const letters = [..."etaoinshrdlcumwfgypbvk"];
  const words = Array.from(
    { length: 10_000 },
    () => Array.from({ length: 2 + Math.floor(chance() * 8) }, () => of(letters, 1.6)).join(""),
  );
  return (length) => {
    let text = "";
    while (text.length < length) text += `${of(words, 3)} `;
    return text.trimEnd();
  };
}

import { IssueCache } from "../../../src/client/sync_cache.ts";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { STATUSES } from "../../../src/contract/issue.ts";
import { startDashboard } from "../../../src/dashboard/start.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { loadBinding, saveBinding } from "../../../src/project/config.ts";
import type { IssueStore } from "../../../src/store/issue_store.ts";
import { anIssue } from "../../../tests/support/issues.ts";
import { eventOf, queueHome } from "./queue_home.ts";
import { emitHistoryAdded } from "../../../src/events/emit.ts";

/** A signed-in home with a hosted project of many cached issues. */
export interface PageHome {
  readonly platform: Platform;
  readonly root: string;
  /** Opens the cache as commands do that write to it. */
  cache(): Promise<IssueStore>;
}

/** What finds one issue among those of {@link fillPage}. */
export const RARE_WORDS = "number 51717 of";

/** What finds every seventh. */
export const COMMON_WORD = "importer";

const HOST = "https://tracker.example.com";
const AT_ONCE = 1_000;
const [EVENTS, EDITS, CONFLICTS, MAPPINGS, MISSIONS, PACKAGES] = [100, 20, 5, 40, 3, 8];

/** Returns the home in a directory; see {@link fillPage}. */
export function pageHome(base: string): PageHome {
  const env: Readonly<Record<string, string>> = {
    HOME: base,
    SPEC_KITTY_HOME: `${base}/user`,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: HOST,
    TRACKER_TOKEN: "a".repeat(40),
    TRACKER_TEAM: "acme",
  };
  const platform: Platform = { ...systemPlatform(), env: { get: (name) => env[name] } };
  const root = `${base}/project`;
  return {
    platform,
    root,
    async cache() {
      const binding = await loadBinding(platform, root);
      return await new IssueCache({ platform, provider: "linear", baseUrl: HOST }).open(binding);
    },
  };
}

/** Fills a home: issues of about 1.1 kB, and some of all else that the page shows. */
export async function fillPage(base: string, issues: number): Promise<PageHome> {
  const home = pageHome(base);
  const { platform, root } = home;
  await queueHome(base);
  await saveBinding(platform, root, { provider: "linear", bindingRef: "srm_1" });
  const emitter = (await import("../../../src/events/open.ts")).openEmitter({ platform, root });
  for (let i = 0; i < EVENTS; i++) await emitHistoryAdded(emitter, eventOf(i));
  await emitter.close();
  for (let mission = 1; mission <= MISSIONS; mission++) await writeMission(root, mission);
  using store = await home.cache();
  for (let from = 0; from < issues; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, issues - from);
    store.putPage(Array.from({ length: count }, (_, i) => issueOf(from + i)));
  }
  store.transaction(() => fillRest(store, issues));
  return home;
}

/** Changes one issue, as a pull does. */
export async function changeOne(home: PageHome, times: number): Promise<void> {
  using store = await home.cache();
  store.putPage([{ ...issueOf(times % 100), title: `Changed for the ${times}. time` }]);
}

function fillRest(store: IssueStore, issues: number): void {
  for (let i = 0; i < EDITS; i++) {
    const base = issueOf(issues - 1 - i);
    const issue = { ...base, title: `${base.title}, edited` };
    store.issues.put({ issue, base, edits: { title: { at: i } }, seenAt: null });
  }
  for (let i = 0; i < CONFLICTS; i++) {
    const values = { base: "a", ours: "b", theirs: "c", taken: null };
    const issueId = idOf(issues - 1 - i);
    store.conflicts.record({ issueId, field: "title", reason: "both_changed", ...values }, i);
  }
  for (let i = 0; i < MAPPINGS; i++) {
    const [wp_id, external_id] = [`WP${100 + i}`, idOf(i)];
    const place = { wp_id, system: "linear", workspace: "acme", external_id };
    store.mappings.add(place, "2026-03-10T12:00:00Z");
  }
  const done = { startedAt: 1, finishedAt: 2, counts: { created: issues } };
  store.runs.record({ kind: "pull", outcome: "ok", ...done });
}

async function writeMission(root: string, mission: number): Promise<void> {
  const directory = `${root}/kitty-specs/00${mission}-mission-${mission}`;
  await Deno.mkdir(`${directory}/tasks`, { recursive: true });
  const slug = `mission-${mission}`;
  await Deno.writeTextFile(
    `${directory}/meta.json`,
    JSON.stringify({ feature_number: `00${mission}`, feature_slug: `00${mission}-${slug}`, slug }),
  );
  for (let i = 1; i <= PACKAGES; i++) {
    const wpId = `WP0${i}`;
    await Deno.writeTextFile(
      `${directory}/tasks/${wpId}-part.md`,
      `---\nwork_package_id: ${wpId}\ntitle: Part ${i}\nlane: doing\n---\n\n# Part ${i}\n`,
    );
  }
}

const idOf = (index: number) => `lin-${String(index).padStart(8, "0")}`;

function issueOf(index: number): NormalizedIssue {
  const word = index % 7 === 0 ? COMMON_WORD : "exporter";
  const text = `The ${word} stops at line ${index * 31 % 9973} of a file from station ${
    index % 89
  }. `;
  const at = new Date(1_770_000_000_000 + (index * 7_919 % 1_000_003) * 1_000).toISOString();
  return anIssue(idOf(index), {
    ref: {
      system: "linear",
      workspace: "acme",
      id: idOf(index),
      key: `ENG-${index}`,
      url: `https://linear.app/acme/issue/ENG-${index}`,
    },
    title: `The ${word} of station ${index % 89} stops, number ${index} of many`,
    body: text.repeat(8),
    status: STATUSES[index % STATUSES.length] ?? "todo",
    assignees: [`person${index % 23}@example.com`],
    labels: [`area-${index % 13}`, `team-${index % 5}`],
    created_at: at,
    updated_at: at,
  });
}

/** As a program: serves the page of the home in `<base>` and prints its address. */
if (import.meta.main) {
  const { platform, root } = pageHome(Deno.args[0] ?? "");
  const { url, finished } = await startDashboard({ platform, root, version: "1.2.3" });
  console.log(url);
  await finished;
}

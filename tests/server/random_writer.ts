/**
 * A process that writes issues to a host's data in every way there is, one after the other, until it is killed. Takes
 * the data and a seed, and prints the name of each piece of work before it begins.
 */
import { STATUSES } from "../../src/contract/issue.ts";
import type { PushItem } from "../../src/contract/push.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { hostContext, inTransaction } from "../../src/server/context/host_context.ts";
import { type HostLocation, openStoreAt } from "../../src/server/context/location.ts";
import { importIssues } from "../../src/server/mod.ts";
import type { Resource } from "../../src/server/model/resource.ts";
import { storeIssues } from "../../src/server/store/issue_pages.ts";
import { storedForm } from "../../src/server/store/issues.ts";
import { knownAmong } from "../../src/server/store/known_issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { listResources } from "../../src/server/store/resources.ts";
import { text } from "../../src/server/store/row.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { indexChanges, mergeParts, unindexedPlaces } from "../../src/server/store/word_index.ts";
import { applyPush } from "../../src/server/sync/apply_push.ts";
import { chanceOf } from "../support/chance.ts";
import { anIssue } from "../support/issues.ts";
import { lines, normalized } from "./import_records.ts";

/** The resource that is written to. */
export const WRITTEN = "Mobile (MOB)";

/** Words that titles are made of, and searched for. */
export const WORDS = ["importer", "exporter", "deporter", "porter", "Büro", "x1"] as const;

/** Returns where a host's data is, by an argument of the command line. */
export function locationOf(place: string): HostLocation {
  return place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
}

async function write(place: string, seed: number): Promise<never> {
  const platform = systemPlatform();
  // Not as a host opens it: that would put counts right that are wrong.
  const context = hostContext(platform, await openStoreAt(platform, locationOf(place)), "quick");
  const { store } = context;
  const chance = chanceOf(seed);
  const resource = await resourceNamed(WRITTEN);
  const title = () => `${chance.pick(WORDS)} ${chance.pick(WORDS)} ${chance.below(1_000)}`;
  const names = (prefix: string) => [
    ...new Set(Array.from({ length: 1 + chance.below(20) }, () => `${prefix}-${chance.below(30)}`)),
  ];

  async function resourceNamed(label: string): Promise<Resource> {
    const row = await store.one("SELECT installation_id FROM resources WHERE label = ?", label);
    const all = await listResources(store, text(row ?? {}, "installation_id"));
    const found = all.find((one) => one.label === label);
    if (found === undefined) throw new Error(`No resource is called "${label}"`);
    return found;
  }

  const pushed = (id: string): PushItem => {
    const ref = { system: resource.provider, workspace: resource.workspace, id };
    switch (chance.below(3)) {
      case 0:
        return {
          ref,
          action: "create",
          patch: { title: title() },
          target_status: chance.pick(STATUSES),
        };
      case 1:
        return { ref, action: "update", patch: { title: title() } };
      default:
        return { ref, action: "transition", target_status: chance.pick(STATUSES) };
    }
  };

  const work: Readonly<Record<string, () => Promise<unknown>>> = {
    push: async () => {
      const items = names("pushed").map(pushed);
      await inTransaction(context, (context) => applyPush(context, resource, items));
    },
    mirror: async () => {
      const issues = names("mirrored").map((id) =>
        storedForm(anIssue(id, { title: title(), status: chance.pick(STATUSES) }))
      );
      await store.transaction(async (tx) => {
        await lockResource(tx, resource.id);
        const known = await knownAmong(tx, resource.id, issues.map(({ id }) => id));
        await storeIssues(tx, resource.id, { issues, known, at: context.now() });
      });
    },
    remove: async () => {
      const rows = await store.all(
        "SELECT external_id FROM issues WHERE resource_id = ? ORDER BY change",
        resource.id,
      );
      if (rows.length === 0) return;
      const gone = names("gone").map(() => text(chance.pick(rows), "external_id"));
      await store.transaction(async (tx) => {
        await lockResource(tx, resource.id);
        for (const id of gone) await removeIssue(tx, resource.id, id, context.now());
      });
    },
    import: async () => {
      const some = Array.from(
        { length: 200 },
        (_, id) => normalized(`imported-${id}`, { title: title(), status: chance.pick(STATUSES) }),
      );
      await importIssues(context, lines(...some), { label: "file" });
    },
    index: async () => {
      for (const place of await unindexedPlaces(store)) {
        await store.transaction((tx) => indexChanges(tx, place));
      }
      if (store.dialect === "sqlite") await store.transaction(mergeParts);
    },
  };
  for (;;) {
    const name = chance.pick(Object.keys(work));
    platform.terminal.stdout.write(`${name}\n`);
    await work[name]?.();
  }
}

if (import.meta.main) await write(Deno.args[0] ?? "", Number(Deno.args[1]));

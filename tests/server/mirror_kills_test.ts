/** A round that is broken off at any place: what was read and is not stored is read again. */
import assert from "node:assert/strict";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import type { Moment } from "../standins/fake_provider.ts";
import { lost } from "./connected_support.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";
import { assertSame, once, sync } from "./mirror_support.ts";

/** Returns where in the list was asked for, when reading fails at the third page, and again later. */
async function askedAround(
  scene: DeliveryScene,
  phase: Moment["phase"],
  { isDead, pageMs }: { readonly isDead: boolean; readonly pageMs: number },
): Promise<readonly (string | null)[]> {
  const { host, provider } = scene;
  await host.store.run("DELETE FROM issues");
  const asked: (string | null)[] = [];
  const { listChanged } = provider;
  provider.listChanged = (access, place, round) => {
    asked.push(round.cursor);
    host.platform.clock.advance(pageMs);
    return listChanged(access, place, round);
  };
  once(provider, { method: "listChanged", phase, after: 2 }, async () => {
    if (isDead) await lost(host.store);
    throw new LeaseLostError();
  });
  await sync(scene);
  await scene.pass(2);
  await assertSame(scene);
  return asked;
}

/**
 * Fails unless the round continued at the second page or after it. The second is stored while the third is asked for, so
 * that either the death or the commit may come first.
 */
function assertRepeatsOnePage(
  [first, second, third, again, after]: readonly (string | null)[],
): void {
  assert.equal(new Set([first, second, third]).size, 3);
  assert.ok(again === second || again === third, `It continued at ${again}.`);
  if (again === second) assert.equal(after, third);
}

for (const phase of ["before", "after"] as const) {
  Deno.test(`a round that cannot read on ${phase} the third page stores what it has, and continues there`, () =>
    withProvider(async (scene) => {
      const asked = await askedAround(scene, phase, { isDead: false, pageMs: 0 });
      // The third page once more, and no other.
      const [first, second, third, again, last] = asked;
      assert.equal(first, null);
      assert.equal(again, third);
      assert.equal(new Set([first, second, third, last]).size, 4);
    }));

  Deno.test(`a process that dies ${phase} the third quick page leaves a round that begins again`, () =>
    withProvider(async (scene) => {
      const asked = await askedAround(scene, phase, { isDead: true, pageMs: 0 });
      assert.deepEqual(asked.slice(3, 6), asked.slice(0, 3));
    }));

  Deno.test(`a process that dies ${phase} the third page of a slow list leaves a round that repeats one page`, () =>
    withProvider(async (scene) => {
      const asked = await askedAround(scene, phase, { isDead: true, pageMs: 1_000 });
      assertRepeatsOnePage(asked);
    }));

  Deno.test(`a process that dies ${phase} the third page of long texts leaves a round that repeats one page`, () =>
    withProvider(async (scene) => {
      const body = "Long ".repeat(120_000);
      for (const id of scene.provider.issues.keys()) scene.provider.edit(id, { body });
      const asked = await askedAround(scene, phase, { isDead: true, pageMs: 0 });
      assertRepeatsOnePage(asked);
    }));
}

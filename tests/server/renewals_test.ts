/** A credential that is replaced by its use: one process renews it, and what it was given is stored before it is used. */
import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { renameConnection } from "../../src/server/connections/admin.ts";
import { addConnection } from "../../src/server/connections/connect.ts";
import { rotateKey } from "../../src/server/connections/rotate_key.ts";
import { type HostContext, hostContext } from "../../src/server/context/host_context.ts";
import { type HostKey, hostKey } from "../../src/server/context/host_key.ts";
import { renewalOf } from "../../src/server/context/renewal.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { renewCredential } from "../../src/server/store/connected_resources.ts";
import { connectionById, deleteConnection } from "../../src/server/store/connections.ts";
import type { TestPlatform } from "../support/platform.ts";
import { onEachDatabase } from "./each_database.ts";

/** A connection, and processes that use it. */
interface Scene {
  readonly id: string;
  readonly clock: TestPlatform["clock"];
  readonly key: HostKey;
  /** Another process of the host: with a handle of its own where the database allows that. */
  process(): Promise<HostContext>;
  stored(): Promise<string>;
}

/** Runs a test on each kind of database. */
function onEach(name: string, test: (scene: Scene) => Promise<void>): void {
  onEachDatabase(name, async (open, platform) => {
    const process = async () => hostContext(platform, await open(), "quick");
    const context = await process();
    const key = await hostKey(new Uint8Array(32).fill(7), platform.random);
    await context.store.run("INSERT INTO teams (id, slug, name) VALUES ('team_1', 'acme', 'Acme')");
    const id = await addConnection(context, COMMAND_LINE, key, {
      teamId: "team_1",
      provider: "jira",
      credential: { kind: "app", secret: "pair-1", baseUrl: "https://acme.test", site: null },
      account: "Ada",
    });
    await test({
      id,
      clock: platform.clock,
      key,
      process,
      async stored() {
        const row = await connectionById(context.store, id);
        return await key.decrypt(id, row?.credential ?? "");
      },
    });
  });
}

/** Returns how a process renews. */
function renewing(context: HostContext, { id: connectionId, key }: Scene, clock?: Clock) {
  const platform = clock === undefined ? context.platform : { ...context.platform, clock };
  return renewalOf({ ...context, platform }, {
    secretOf: ({ id, credential }) => key.decrypt(id, credential),
    provideKey: () => Promise.resolve(key),
  }, { connectionId, signal: new AbortController().signal });
}

/** Waits in real time, in which the time of the test stands still: no renewal is taken over. */
function patient({ clock }: Scene): Clock {
  return { ...clock, sleep: (_ms, options) => systemClock().sleep(1, options) };
}

/** Names the pair that follows one. */
function after(pair: string): string {
  return `pair-${Number(pair.slice("pair-".length)) + 1}`;
}

onEach(
  "of several processes that renew at once, one does, and all use what it was given",
  async (scene) => {
    const processes = await Promise.all([scene.process(), scene.process(), scene.process()]);
    const used: string[] = [];
    const isAsked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    const all = [...processes, ...processes].map((process) =>
      renewing(process, scene, patient(scene))("pair-1", async (secret) => {
        used.push(secret);
        isAsked.resolve();
        await mayAnswer.promise;
        return after(secret);
      })
    );
    await isAsked.promise;
    mayAnswer.resolve();
    assert.deepEqual(await Promise.all(all), Array(6).fill("pair-2"));
    assert.deepEqual(used, ["pair-1"]);
    assert.equal(await scene.stored(), "pair-2");
  },
);

onEach("what was renewed already is not renewed once more", async (scene) => {
  const renew = renewing(await scene.process(), scene);
  assert.equal(await renew("pair-1", (one) => Promise.resolve(after(one))), "pair-2");
  assert.equal(await renew("pair-1", () => Promise.reject(new Error("asked"))), "pair-2");
  assert.equal(await renew("pair-2", (one) => Promise.resolve(after(one))), "pair-3");
});

onEach("the pair is stored before anybody has it", async (scene) => {
  const context = await scene.process();
  const seen: string[] = [];
  await renewing(context, scene)("pair-1", (one) => Promise.resolve(after(one)))
    .then(async () => seen.push(await scene.stored()));
  assert.deepEqual(seen, ["pair-2"]);
});

onEach(
  "a process that dies between the provider and the store is followed within the grace",
  async (scene) => {
    const dying = await scene.process();
    const isAsked = Promise.withResolvers<void>();
    // It never comes back: its renewal is left as it was taken.
    const lost = renewing(dying, scene)("pair-1", async () => {
      isAsked.resolve();
      return await new Promise<never>(() => {});
    });
    await isAsked.promise;
    const began = scene.clock.now();
    const used: string[] = [];
    const next = await renewing(await scene.process(), scene)("pair-1", (secret) => {
      used.push(secret);
      return Promise.resolve(after(secret));
    });
    assert.deepEqual([next, used], ["pair-2", ["pair-1"]]);
    // Atlassian takes what was used once for ten minutes.
    assert.ok(scene.clock.now() - began < 3 * 60_000);
    assert.equal(await Promise.race([lost, Promise.resolve("dead")]), "dead");
  },
);

onEach("one that comes late does not replace what its follower has stored", async (scene) => {
  const isAsked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const late = renewing(await scene.process(), scene)("pair-1", async () => {
    isAsked.resolve();
    await mayAnswer.promise;
    return "pair-of-the-late-one";
  });
  await isAsked.promise;
  const follower = renewing(await scene.process(), scene);
  await follower("pair-1", (one) => Promise.resolve(after(one)));
  mayAnswer.resolve();
  assert.equal(await late, "pair-2");
  assert.equal(await scene.stored(), "pair-2");
});

onEach("a renewal that fails leaves the credential, and the next one to others", async (scene) => {
  const refused = new ProviderError({ kind: "refused" }, "The sign-in has ended");
  const context = await scene.process();
  await assert.rejects(renewing(context, scene)("pair-1", () => Promise.reject(refused)), refused);
  assert.equal(await scene.stored(), "pair-1");
  const began = scene.clock.now();
  await renewing(context, scene)("pair-1", (one) => Promise.resolve(after(one)));
  assert.equal(scene.clock.now(), began);
});

onEach("a credential that a person enters meanwhile is kept", async (scene) => {
  const { id, key } = scene;
  const context = await scene.process();
  const entered = await key.encrypt(id, "entered");
  const got = await renewing(context, scene)("pair-1", async (one) => {
    await context.store.transaction((store) =>
      renewCredential(store, id, { credential: entered, kind: "app", site: null })
    );
    return after(one);
  });
  assert.equal(got, "entered");
  assert.equal(await scene.stored(), "entered");
});

onEach("a renewal leaves the rest of the connection as it is, and ends with it", async (scene) => {
  const context = await scene.process();
  const named = { name: scene.id, teamId: "team_1" };
  await renewing(context, scene)("pair-1", async (one) => {
    await renameConnection(context, COMMAND_LINE, named, "other");
    return after(one);
  });
  assert.equal((await connectionById(context.store, scene.id))?.name, "other");
  await context.store.transaction((store) => deleteConnection(store, scene.id, 0));
  const gone = renewing(context, scene)("pair-2", () => Promise.reject(new Error("asked")));
  await assert.rejects(gone, { message: "The connection was removed" });
});

onEach("the key of the host is not rotated under a renewal", async (scene) => {
  const context = await scene.process();
  const next = await hostKey(new Uint8Array(32).fill(8), context.platform.random);
  const renewal = renewing(context, scene)("pair-1", async (one) => {
    await rotateKey(context, COMMAND_LINE, { now: scene.key, next });
    return after(one);
  });
  // What is stored is no longer readable by the process that has the old key.
  await assert.rejects(
    renewal,
    (error) => error instanceof ProviderError && error.fault.kind === "refused",
  );
  const row = await connectionById(context.store, scene.id);
  assert.equal(await next.decrypt(scene.id, row?.credential ?? ""), "pair-1");
});

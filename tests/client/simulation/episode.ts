import type { HostedTrackerService } from "../../../src/client/service.ts";
import type { SyncEvent } from "../../../src/sync/sync_report.ts";
import { SYNC_FIELDS, type SyncField } from "../../../src/sync/fields.ts";
import type { Ownership, Strategy } from "../../../src/sync/ownership.ts";
import { TrackerError } from "../../../src/platform/tracker_error.ts";
import type { RunningHost } from "../../../src/server/mod.ts";
import { type Chance, chanceOf } from "../../support/chance.ts";
import { projectConfig } from "../../support/projects.ts";
import { checkConflict, checkHeld, checkSelf, heldAt } from "./checks.ts";
import { type Clone, cloneOf } from "./clone.ts";
import { Ledger } from "./ledger.ts";
import { FAULTS, type LinePlan, QUIET } from "./line.ts";
import { AT_CLONES } from "./people.ts";
import { type SharedResource, shareResource } from "./resource.ts";
import { settle } from "./settled.ts";
import { type TrueTime, type WrongClock, wrongClock } from "./time.ts";
import { visit } from "./visitor.ts";
import { Watch } from "./watch.ts";
import { work } from "./worker.ts";

/** What a simulation is about. */
export interface Simulation {
  readonly name: string;
  readonly strategy: Strategy;
  /** Owners of fields; all are shared unless given. */
  readonly owners: Readonly<Partial<Ownership>>;
  /** Whether the host offers its extensions. */
  readonly extensions: boolean;
  /** `guided` refuses some transitions. */
  readonly workflow: "open" | "guided";
}

/** Where an episode takes place. */
export interface Place {
  readonly host: RunningHost;
  readonly hostClock: WrongClock;
  readonly time: TrueTime;
  readonly home: string;
}

/** What is under way. */
export interface Scene extends Simulation {
  readonly time: TrueTime;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly resource: SharedResource;
  readonly clones: readonly Clone[];
  /** Fields that people write. */
  readonly fields: readonly SyncField[];
  /** Has a clone do something with the host. */
  sync(clone: Clone, kind: SyncKind, plan: LinePlan): Promise<void>;
}

/** How a clone syncs. */
export type SyncKind = "pull" | "pull all" | "pull some" | "push" | "push some" | "run";

const SYNCS: readonly SyncKind[] = [
  "pull",
  "pull all",
  "pull some",
  "push",
  "push",
  "push some",
  "run",
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Lets three people work on one resource for some steps, then lets it settle, and looks at what has come of it. */
export async function playEpisode(
  simulation: Simulation,
  place: Place,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<Ledger> {
  const chance = chanceOf(seed);
  const ledger = new Ledger(place.time, place.hostClock);
  try {
    const scene = await openScene(simulation, place, { seed, chance, ledger });
    for (let step = 0; step < steps; step++) await takeStep(scene);
    await settle(scene);
    return ledger;
  } catch (error) {
    const history = ledger.about(String(error)).join("\n");
    throw new Error(`Seed ${seed} of ${simulation.name}, ${steps} steps:\n${history}`, {
      cause: error,
    });
  }
}

async function openScene(
  simulation: Simulation,
  { host, hostClock, time, home }: Place,
  { seed, chance, ledger }: { seed: number; chance: Chance; ledger: Ledger },
): Promise<Scene> {
  const resource = await shareResource(host, `S${seed}`, {
    workflow: simulation.workflow,
    acceptsAbove: chance.once(4) ? 0 : null,
  });
  const first = await resource.issues();
  ledger.look("nobody", first);
  for (const id of first.keys()) ledger.origins.add(id);
  const { extensions, owners, strategy } = simulation;
  const config = projectConfig({
    provider: "linear",
    binding_ref: resource.bindingRef,
    display_label: "Simulated",
    doctrine: {
      strategy,
      ...(Object.keys(owners).length === 0
        ? {}
        : { mode: "split_ownership", field_owners: owners }),
    },
  });
  // Some fields are written more often than others.
  const often: readonly SyncField[] = ["title", "title", "body", "labels"];
  const fields = [...SYNC_FIELDS, ...often].filter((field) =>
    extensions || (field !== "links" && field !== "custom_fields")
  );
  const clones: Clone[] = [];
  const watches = new Map<string, Watch>();
  const meanwhile = async () => {
    const clone = chance.pick(clones);
    if (chance.once(2)) await visit({ chance, ledger, resource, fields: SYNC_FIELDS });
    else await unharmed(clone, () => work({ chance, ledger, clone, fields }));
  };
  for (const [place, name] of AT_CLONES.entries()) {
    const watch = new Watch({ ledger, resource, extensions, clone: () => cloneAt(clones, place) });
    watches.set(name, watch);
    clones.push(
      await cloneOf({
        name,
        home: `${home}/${seed}-${name}`,
        seed: seed + place,
        clock: wrongBy(chance, time),
        config,
        time,
        hostClock,
        chance,
        resource,
        extensions,
        meanwhile,
        onViolation: (error) => ledger.violated(error),
        watch: (path, body, forward) => watch.carry(path, body, forward),
      }),
    );
  }
  const scene: Scene = {
    ...simulation,
    time,
    chance,
    ledger,
    resource,
    clones,
    fields,
    sync: (clone, kind, plan) => sync(scene, clone, kind, plan, watches.get(clone.name)),
  };
  return scene;
}

function cloneAt(clones: readonly Clone[], place: number): Clone {
  const clone = clones[place];
  if (clone === undefined) throw new Error("The clone is not there yet");
  return clone;
}

function wrongBy(chance: Chance, time: TrueTime): WrongClock {
  return wrongClock(time, someSkew(chance));
}

/** A clock is off by up to an hour. */
function someSkew(chance: Chance): number {
  return Math.round((chance.fraction() - 0.5) * 2 * HOUR);
}

async function takeStep(scene: Scene): Promise<void> {
  const { chance, clones, fields, ledger, resource, time } = scene;
  time.advance(chance.below(3 * MINUTE));
  const clone = chance.pick(clones);
  const dice = chance.below(20);
  if (dice < 6) await visit({ chance, ledger, resource, fields: SYNC_FIELDS });
  else if (dice < 12) await work({ chance, ledger, clone, fields });
  else if (dice === 12 && chance.once(8)) time.advance(26 * HOUR);
  else if (dice === 12 && chance.once(4)) {
    clone.clock.set(someSkew(chance));
    ledger.tell(`${clone.name} sets the clock to ${clone.clock.ahead / MINUTE} minutes ahead`);
  } else await scene.sync(clone, chance.pick(SYNCS), somePlan(scene, clone));
}

/** Plans what goes wrong during a command: every other time nothing. */
function somePlan({ chance }: Scene, { fuse }: Clone): LinePlan {
  fuse.count = 0;
  fuse.at = chance.once(4) ? 1 + chance.below(25) : Infinity;
  return {
    fault: chance.once(2) ? { kind: chance.pick(FAULTS), at: chance.below(3) } : null,
    cutsListings: chance.once(5),
    isBusy: chance.once(2),
  };
}

/** Does something that no kill meets. */
async function unharmed(clone: Clone, act: () => Promise<void>): Promise<void> {
  const { at } = clone.fuse;
  clone.fuse.at = Infinity;
  await act();
  clone.fuse.at = at;
}

async function sync(
  scene: Scene,
  clone: Clone,
  kind: SyncKind,
  plan: LinePlan,
  watch: Watch | undefined,
): Promise<void> {
  const { ledger } = scene;
  const { fuse, line } = clone;
  const begun = ledger.next();
  const kill = fuse.at === Infinity ? "" : `, killed at ${fuse.at}`;
  const fault = plan.fault === null ? "" : `, ${plan.fault.kind} at ${plan.fault.at}`;
  ledger.tell(`${clone.name}: ${kind}${fault}${kill}${plan.cutsListings ? ", listings cut" : ""}`);
  watch?.begin();
  const held = await heldAt(clone);
  line.plan(plan);
  try {
    const retry = scene.chance.once(2);
    await syncOnce(await clone.open(), kind, retry, (event) => checkConflict(scene, clone, event));
  } catch (error) {
    const wasKilled = fuse.count >= fuse.at;
    const isTold = error instanceof TrackerError && line.hasFailed;
    if (!wasKilled && !isTold) throw error;
    ledger.tell(`  ended by: ${error}`);
    const isSignedOut = error instanceof TrackerError && SIGNED_OUT.includes(error.code);
    if (isSignedOut) await unharmed(clone, () => clone.signIn());
  } finally {
    fuse.at = Infinity;
    line.plan(QUIET);
  }
  ledger.requireSound();
  await checkSelf(scene, clone);
  await checkHeld(scene, clone, held, begun);
}

const SIGNED_OUT: readonly string[] = ["session_expired", "missing_auth"];

async function syncOnce(
  service: HostedTrackerService,
  kind: SyncKind,
  retry: boolean,
  onEvent: (event: SyncEvent) => void,
): Promise<void> {
  switch (kind) {
    case "pull":
      await service.pull({ onEvent });
      break;
    case "pull all":
      await service.pull({ limit: "all", onEvent });
      break;
    case "pull some":
      await service.pull({ limit: 2, onEvent });
      break;
    case "push":
      await service.pushEdits({ retry, onEvent });
      break;
    case "push some":
      await service.pushEdits({ retry, limit: 1, onEvent });
      break;
    case "run":
      await service.run({ onEvent });
  }
}

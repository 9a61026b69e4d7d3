import assert from "node:assert/strict";
import type { ExternalRef, NormalizedIssue, Status } from "../../src/contract/issue.ts";
import { refOf as atGitHubOf } from "../../src/providers/github/issues.ts";
import { refOf as atGitLabOf } from "../../src/providers/gitlab/issues.ts";
import type { RemoteCreation } from "../../src/providers/mod.ts";
import type { Moment, RestStandIn } from "../standins/rest_stand_in.ts";
import { atGitHub } from "./github/support.ts";
import { atGitLab } from "./gitlab/support.ts";
import { atJira } from "./jira/support.ts";
import { CLIENT_ID, type Scene } from "./scene.ts";

/** A scene at any of the trackers. */
interface AnyScene extends Scene {
  readonly standIn: RestStandIn<unknown>;
  /** Adds an issue that others can be below, as the tracker's people do. */
  add(title: string): ExternalRef;
  /** How many issues there are. */
  count(): number;
}

/** A tracker whose answers to a creation may be lost. */
interface Tracker {
  readonly name: string;
  at(work: (scene: AnyScene) => Promise<void>): Promise<void>;
  /** A status that a new issue does not have at once. */
  readonly status: Status;
  /** Who is assigned. */
  readonly person: string;
  /** The characters of the longest body, where a line of the body names the creation. */
  readonly longest: number | null;
}

const TRACKERS: readonly Tracker[] = [
  {
    name: "GitHub",
    at: (work) =>
      atGitHub(({ github: standIn, repository, place, ...scene }) =>
        work({
          ...scene,
          place,
          standIn,
          add: (title) =>
            atGitHubOf(place, standIn.state.addIssue(repository, { title }, 0).number),
          count: () => repository.issues.size,
        })
      ),
    status: "canceled",
    person: "ada",
    longest: 65_536,
  },
  {
    name: "GitLab",
    at: (work) =>
      atGitLab(({ gitlab: standIn, project, place, ...scene }) =>
        work({
          ...scene,
          place,
          standIn,
          add: (title) => atGitLabOf(place, standIn.state.addIssue(project, { title }, 0).iid),
          count: () => project.issues.size,
        })
      ),
    status: "canceled",
    person: "ada",
    longest: 1_048_576,
  },
  {
    name: "Jira",
    at: (work) =>
      atJira(({ jira: standIn, project, ...scene }) =>
        work({
          ...scene,
          standIn,
          add: (title) => {
            const { id } = standIn.add(project, { summary: title, typeId: "10100" });
            return { system: "jira", workspace: "any", id };
          },
          count: () => standIn.state.issues.size,
        })
      ),
    status: "done",
    person: "ada@acme.test",
    longest: null,
  },
];

/** Creates as the outbox does: what may have been created is looked up before it is created again. */
async function untilCreated(
  { remote, access, place }: Scene,
  creation: RemoteCreation,
): Promise<NormalizedIssue> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const found = attempt === 0 ? null : await remote.findCreated(access, place, creation);
      return found ?? await remote.create(access, place, creation);
    } catch {
      // Tried again, as the outbox does.
    }
  }
  throw new Error("Five attempts were not enough");
}

/** Breaks the connection once, at a moment of a call. */
function breakingAt(number: number, phase: Moment["phase"]) {
  let seen = 0;
  return (moment: Moment) => {
    if (moment.phase === phase && ++seen === number) throw new TypeError("connection reset");
  };
}

for (const { name, at, status, person, longest } of TRACKERS) {
  for (const phase of ["before", "after"] as const) {
    Deno.test(`a creation at ${name} is made once, wherever the connection breaks ${phase} the effect of a call`, async () => {
      let calls = 0;
      for (let number = 1; number <= Math.max(1, calls); number++) {
        await at(async (scene) => {
          const { standIn } = scene;
          const [parent_ref, blocked] = [scene.add("Parent"), scene.add("Blocked")];
          standIn.stepIn = breakingAt(number, phase);
          // What takes as many calls as a creation can.
          const issue = await untilCreated(scene, {
            clientId: CLIENT_ID,
            fields: {
              title: "New",
              body: "Text",
              status,
              labels: ["web"],
              assignees: [person],
              parent_ref,
              links_add: [{ type: "blocks", ref: blocked }],
            },
          });
          calls = Math.max(calls, standIn.calls.length);
          const which = `call ${number}`;
          assert.equal(scene.count(), 3, which);
          assert.equal(issue.status, status, which);
          assert.equal(issue.parent_ref?.id, parent_ref.id, which);
          const links = issue.links.map(({ type, ref }) => [type, ref.id]);
          assert.deepEqual(links, [["blocks", blocked.id]], which);
          const creations = standIn.writes.filter((one) => one.startsWith("create"));
          assert.equal(creations.length, 1, which);
          assert.equal(new Set(standIn.writes).size, standIn.writes.length, which);
        });
      }
      assert.ok(calls > 6, `${calls} calls`);
    });
  }

  if (longest === null) continue;
  Deno.test(`a body at ${name} with room for itself alone is written without the line that names it, once`, async () => {
    const body = "x".repeat(longest);
    let calls = 0;
    for (let number = 1; number <= Math.max(1, calls); number++) {
      await at(async (scene) => {
        scene.standIn.stepIn = breakingAt(number, "after");
        const fields = { title: "Long", body };
        const issue = await untilCreated(scene, { clientId: CLIENT_ID, fields });
        calls = Math.max(calls, scene.standIn.calls.length);
        assert.equal(issue.body, body);
        assert.equal(scene.count(), 1, `call ${number}`);
      });
    }
    assert.ok(calls > 3, `${calls} calls`);
  });
}

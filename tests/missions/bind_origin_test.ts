import assert from "node:assert/strict";
import type { OriginCandidate } from "../../src/contract/search.ts";
import { ENVELOPE_FIELDS } from "../../src/contract/events.ts";
import { openEmitter } from "../../src/events/open.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { queueOwner } from "../../src/events/open.ts";
import { bindMissionOrigin } from "../../src/missions/bind_origin.ts";
import { missionEvents } from "../../src/missions/mission_events.ts";
import type { Files } from "../../src/platform/files.ts";
import type { Stub } from "../support/fetch.ts";
import {
  BIND,
  bindStub,
  failing,
  type RecordedEvents,
  recordedEvents,
  refusal,
  SIGNED_IN,
  type TestProject,
  WEB_12,
  WEB_12_TICKET,
  WEB_13,
  withProject,
} from "./support.ts";

const META = '{\n  "slug": "fix-login",\n  "extra": {"kept": 1.50}\n}\n';
const DIR = "kitty-specs/012-fix-login";

const inMission = (
  network: readonly Stub[],
  test: (project: TestProject) => Promise<void>,
  files?: (real: Files) => Files,
): Promise<void> =>
  withProject(
    { env: SIGNED_IN, repository: false, network, ...(files === undefined ? {} : { files }) },
    async (project) => {
      await Deno.mkdir(`${project.root}/${DIR}`, { recursive: true });
      await Deno.writeTextFile(`${project.root}/${DIR}/meta.json`, META);
      await test(project);
    },
  );

const bind = (
  project: TestProject,
  events: RecordedEvents | ReturnType<typeof missionEvents>,
  candidate: OriginCandidate = WEB_12,
) =>
  bindMissionOrigin({
    platform: project.platform,
    projectRoot: project.root,
    version: "9.8.7",
    missionDir: `${project.root}/${DIR}`,
    candidate,
    resourceType: "jira_project",
    resourceId: "WEB",
    events,
  });

const ticketIn = async (project: TestProject): Promise<unknown> => {
  const meta: unknown = JSON.parse(await project.read(`${DIR}/meta.json`) ?? "null");
  assert.ok(typeof meta === "object" && meta !== null);
  return "origin_ticket" in meta ? meta.origin_ticket : null;
};

Deno.test("The host comes first, then meta.json with all seven keys, then the event", async () => {
  const order: string[] = [];
  const stub = bindStub("012-fix-login");
  const network = [{
    ...stub,
    reply: async () => {
      order.push(`host ${(await Deno.readTextFile(metaOf.path)) === META}`);
      return Response.json({ origin_link_id: "org_1", bound_at: "2026-03-01T12:00:00Z" });
    },
  }];
  const metaOf = { path: "" };
  await inMission(network, async (project) => {
    metaOf.path = `${project.root}/${DIR}/meta.json`;
    const events = recordedEvents();
    const watched = {
      ...events,
      missionOriginBound: async (payload: Parameters<typeof events.missionOriginBound>[0]) => {
        order.push(`event ${(await Deno.readTextFile(metaOf.path)).includes("origin_ticket")}`);
        return await events.missionOriginBound(payload);
      },
    };
    const bound = await bind(project, watched);
    assert.deepEqual(order, ["host true", "event true"]);
    assert.deepEqual(bound, {
      featureSlug: "012-fix-login",
      originTicket: WEB_12_TICKET,
      originLinkId: "org_1",
      changed: true,
      eventEmitted: true,
    });
    assert.deepEqual(await ticketIn(project), WEB_12_TICKET);
    assert.ok((await project.read(`${DIR}/meta.json`))?.startsWith(META.slice(0, -3)));
    assert.deepEqual(events.bound, [{
      feature_slug: "012-fix-login",
      provider: "jira",
      external_issue_id: "10012",
      external_issue_key: "WEB-12",
      external_issue_url: "https://acme.example/browse/WEB-12",
      title: "Login times out",
    }]);
  });
});

Deno.test("A host that refuses, fails or cannot be reached leaves no local trace", async () => {
  const failures: readonly (readonly [Stub, string])[] = [
    [refusal(BIND, 409, "origin_conflict"), "origin_conflict"],
    [refusal(BIND, 403, "missing_user_link"), "missing_user_link"],
    [refusal(BIND, 422, "validation_error"), "validation_error"],
    [refusal(BIND, 503, "unavailable"), "unavailable"],
    [refusal(BIND, 401, "unauthorized"), "token_refused"],
    [{ request: BIND, reply: { status: 502, text: "<html>" } }, "http_502"],
    [{ request: BIND, reply: { fail: "connection refused" } }, "network_error"],
    [{ request: BIND, reply: { status: 200, json: { error: "down" } } }, "invalid_response"],
  ];
  for (const [stub, code] of failures) {
    await inMission([stub], async (project) => {
      const events = recordedEvents();
      await failing(bind(project, events), code);
      assert.equal(await project.read(`${DIR}/meta.json`), META, code);
      assert.deepEqual(events.bound, []);
      assert.deepEqual(await project.names(DIR), ["meta.json"]);
    });
  }
});

Deno.test("The same ticket again succeeds and changes nothing", async () => {
  await inMission([bindStub("012-fix-login"), bindStub("012-fix-login")], async (project) => {
    const events = recordedEvents();
    await bind(project, events);
    const text = await project.read(`${DIR}/meta.json`);
    const again = await bind(project, events);
    assert.equal(again.changed, false);
    assert.equal(again.eventEmitted, false);
    assert.deepEqual(again.originTicket, WEB_12_TICKET);
    assert.equal(await project.read(`${DIR}/meta.json`), text);
    assert.equal(events.bound.length, 1);
  });
});

Deno.test("The same ticket under a new title is the same ticket", async () => {
  const renamed = { ...WEB_12, title: "Login is slow" };
  await inMission(
    [bindStub("012-fix-login"), bindStub("012-fix-login", renamed)],
    async (project) => {
      await bind(project, recordedEvents());
      const again = await bind(project, recordedEvents(), renamed);
      assert.equal(again.changed, false);
      assert.deepEqual(await ticketIn(project), WEB_12_TICKET);
    },
  );
});

Deno.test("Another ticket is the host's error, and is asked of the host whatever meta.json says", async () => {
  const network = [bindStub("012-fix-login"), refusal(BIND, 409, "origin_conflict")];
  await inMission(network, async (project) => {
    const events = recordedEvents();
    await bind(project, events);
    const text = await project.read(`${DIR}/meta.json`);
    await failing(bind(project, events, WEB_13), "origin_conflict");
    assert.equal(await project.read(`${DIR}/meta.json`), text);
    assert.equal(events.bound.length, 1);
  });
});

Deno.test("A local write that fails is told of, and a repeat heals it", async () => {
  let broken = true;
  const files = (real: Files): Files => ({
    ...real,
    writeAtomic: (path, content, options) =>
      broken && path.endsWith("meta.json")
        ? Promise.reject(new Error("No space left on device"))
        : real.writeAtomic(path, content, options),
  });
  const network = [bindStub("012-fix-login"), bindStub("012-fix-login")];
  await inMission(network, async (project) => {
    const events = recordedEvents();
    const failure = await failing(bind(project, events), "origin_not_saved");
    assert.match(failure.message, /No space left/);
    assert.equal(
      failure.nextAction,
      "Run `tracker mission bind-origin 012-fix-login --ticket WEB-12`.",
    );
    assert.equal(await project.read(`${DIR}/meta.json`), META);
    assert.deepEqual(events.bound, []);

    broken = false;
    const healed = await bind(project, events);
    assert.equal(healed.changed, true);
    assert.deepEqual(await ticketIn(project), WEB_12_TICKET);
    assert.equal(events.bound.length, 1);
  }, files);
});

Deno.test("An event that cannot be recorded does not fail the bind", async () => {
  await inMission([bindStub("012-fix-login")], async (project) => {
    const bound = await bind(project, recordedEvents({ fails: true }));
    assert.equal(bound.eventEmitted, false);
    assert.deepEqual(await ticketIn(project), WEB_12_TICKET);
  });
  const throwing = missionEvents({ emit: () => Promise.reject(new Error("broken")) });
  await inMission([bindStub("012-fix-login")], async (project) => {
    assert.equal((await bind(project, throwing)).eventEmitted, false);
  });
});

Deno.test("What is not a mission gets no link: the host is not even asked", async () => {
  await inMission([], async (project) => {
    await Deno.writeTextFile(`${project.root}/${DIR}/meta.json`, "{");
    await failing(bind(project, recordedEvents()), "meta_invalid");
    await Deno.remove(`${project.root}/${DIR}/meta.json`);
    await failing(bind(project, recordedEvents()), "mission_not_found");
  });
});

Deno.test("The event waits in the queue of the login, with its 15 fields, while the host takes none", async () => {
  await inMission([bindStub("012-fix-login")], async (project) => {
    const { platform, root } = project;
    const warnings: string[] = [];
    await using emitter = openEmitter({ platform, root, warn: (text) => void warnings.push(text) });
    const bound = await bind(project, missionEvents(emitter));
    assert.equal(bound.eventEmitted, true);
    assert.deepEqual(warnings, []);
    await emitter.close();
    const { path } = await queueOwner(platform);
    assert.match(path, /queues\/queue-[0-9a-f]{16}\.db$/);
    const queue = await EventQueue.open(platform, path);
    const events = [...queue.list()].map(({ data }): unknown => JSON.parse(data));
    queue.close();
    assert.equal(events.length, 1);
    const [event] = events;
    assert.ok(typeof event === "object" && event !== null);
    const values = new Map<string, unknown>(Object.entries(event));
    assert.deepEqual([...values.keys()].sort(), [...ENVELOPE_FIELDS].sort());
    assert.equal(values.size, 15);
    assert.equal(values.get("event_type"), "MissionOriginBound");
    assert.equal(values.get("aggregate_type"), "Feature");
    assert.equal(values.get("aggregate_id"), "012-fix-login");
    assert.equal(values.get("project_uuid"), "550e8400-e29b-41d4-a716-446655440000");
    assert.equal(values.get("team_slug"), "core");
  });
});

Deno.test("A ticket without a title is told of by its key", async () => {
  const untitled = { ...WEB_12, title: "  " };
  await inMission([bindStub("012-fix-login", untitled)], async (project) => {
    const events = recordedEvents();
    await bind(project, events, untitled);
    assert.equal(events.bound[0]?.title, "WEB-12");
  });
});

Deno.test("a ticket without an address, an id or a resource is refused before the host is asked", async () => {
  for (const lack of [{ url: "" }, { external_issue_id: " " }]) {
    await inMission([], async (project) => {
      await failing(
        bind(project, recordedEvents(), { ...WEB_12, ...lack }),
        "origin_ticket_invalid",
      );
      assert.deepEqual(project.platform.network.requests, []);
    });
  }
  await inMission([], async (project) => {
    const work = bindMissionOrigin({
      platform: project.platform,
      projectRoot: project.root,
      version: "9.8.7",
      missionDir: `${project.root}/${DIR}`,
      candidate: WEB_12,
      resourceType: "jira_project",
      resourceId: "",
      events: recordedEvents(),
    });
    await failing(work, "origin_ticket_invalid");
    assert.deepEqual(project.platform.network.requests, []);
  });
});

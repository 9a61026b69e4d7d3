import assert from "node:assert/strict";
import { addUser, COMMAND_LINE, DEMO } from "../../src/server/mod.ts";
import { anEvent } from "./event.ts";
import { type Answered, type TestHost, uuidOf, withHost } from "./support.ts";

const PATH = "/api/v1/events/batch/";

async function gzip(bytes: Uint8Array<ArrayBuffer> | string): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function upload(host: TestHost, events: unknown): Promise<Answered> {
  const body = await gzip(JSON.stringify({ events }));
  return await host.call("POST", PATH, body, { "content-encoding": "gzip" });
}

Deno.test("each event is taken once, in the order of the batch, and known when it comes again", () =>
  withHost(async (host) => {
    const first = await upload(host, [anEvent(1), anEvent(2), anEvent(1)]);
    assert.deepEqual(first.list("results").map((_, i) => first.at(`results.${i}.status`)), [
      "success",
      "success",
      "duplicate",
    ]);
    const second = await upload(host, [anEvent(2), anEvent(3)]);
    assert.equal(second.at("results.0.status"), "duplicate");
    assert.equal(second.at("results.1.status"), "success");
    const kept = await host.call("GET", "/dev/events");
    assert.deepEqual(kept.list("events"), [anEvent(1), anEvent(2), anEvent(3)]);
    const counts = await host.call("GET", "/dev/event-counts");
    assert.deepEqual(counts.list("nodes"), [
      { node_id: "a1b2c3d4e5f6", events: 3, clocks: 3, last: 3 },
    ]);
  }));

Deno.test("an event that breaks a rule is rejected with its field, and the others are taken", () =>
  withHost(async (host) => {
    const noType = anEvent(4, {
      event_type: "ErrorLogged",
      aggregate_type: "Feature",
      payload: { error_message: "Something went wrong" },
    });
    const answer = await upload(host, [
      noType,
      anEvent(5, { payload: { wp_id: "1", from_lane: "planned", to_lane: "done" } }),
      anEvent(6, { aggregate_type: "Epic" }),
      anEvent(7, { schema_version: "3.0.0", payload: { wp_id: "WP01", to_lane: "done" } }),
      anEvent(8, { project_uuid: null }),
      anEvent(9, { node_id: "short" }),
      "no event",
      anEvent(10),
    ]);
    assert.equal(
      answer.at("results.0.error"),
      "Invalid payload for ErrorLogged: missing required field 'error_type'",
    );
    assert.match(answer.text("results.1.error"), /field 'wp_id'/);
    assert.match(answer.text("results.2.error"), /field 'aggregate_type'/);
    assert.match(answer.text("results.3.error"), /missing required field 'from_lane'/);
    assert.match(answer.text("results.4.error"), /field 'project_uuid'/);
    assert.match(answer.text("results.5.error"), /field 'node_id'/);
    assert.equal(answer.at("results.6.event_id"), "");
    for (const index of [0, 1, 2, 3, 4, 5, 6]) {
      assert.equal(answer.at(`results.${index}.status`), "rejected");
    }
    assert.equal(answer.at("results.7.status"), "success");
  }));

Deno.test("a batch that is no batch is 400 with an error and details", () =>
  withHost(async (host) => {
    const packed = { "content-encoding": "gzip" };
    const many = Array.from({ length: 1001 }, (_, index) => anEvent(index));
    for (
      const [body, headers, details] of [
        [await gzip("{"), packed, /not JSON/],
        [await gzip('{"events": {}}'), packed, /"events" must be a list/],
        [await gzip("{}"), packed, /"events" is missing/],
        [await gzip(JSON.stringify({ events: many })), packed, /at most 1000/],
        [new TextEncoder().encode("not gzip"), packed, /not gzip/],
        [(await gzip('{"events": []}')).slice(0, 15), packed, /not gzip/],
        [new Uint8Array([0xff]), {}, /not JSON in UTF-8/],
      ] as const
    ) {
      const refused = await host.call("POST", PATH, body, headers);
      assert.equal(refused.status, 400);
      assert.equal(refused.at("error"), "Batch validation failed");
      assert.match(refused.text("details"), details);
    }
    const plain = JSON.stringify({ events: [anEvent(1)] });
    for (const coding of ["br", "deflate", "gzip, gzip", "AAA"]) {
      const refused = await host.call("POST", PATH, plain, { "content-encoding": coding });
      assert.equal(refused.status, 400, coding);
      assert.match(refused.text("details"), /Content-Encoding is not gzip/);
    }
    const taken = await host.call("POST", PATH, plain);
    assert.equal(taken.at("results.0.status"), "success");
    const named = await host.call("POST", PATH, plain, { "content-encoding": "Identity" });
    assert.equal(named.at("results.0.status"), "duplicate");
  }));

Deno.test("a batch that unpacks to more than 64 MiB is refused without being unpacked whole", () =>
  withHost(async (host) => {
    const bomb = await gzip(new Uint8Array(80 * 1024 * 1024));
    assert.ok(bomb.length < 200_000);
    const refused = await host.call("POST", PATH, bomb, { "content-encoding": "gzip" });
    assert.equal(refused.status, 400);
    assert.equal(refused.at("details"), "The unpacked batch is too large");
    const large = await host.call("POST", PATH, new Uint8Array(8 * 1024 * 1024 + 1));
    assert.equal(large.at("details"), "The batch is too large");
  }));

/** Fails the test when JSON is parsed meanwhile. */
async function withoutParsing<T>(work: () => Promise<T>): Promise<T> {
  const { parse } = JSON;
  let parsed = 0;
  JSON.parse = (...given: Parameters<typeof parse>) => {
    if (given[0].length > 100_000) parsed += 1;
    return parse(...given);
  };
  try {
    const result = await work();
    assert.equal(parsed, 0);
    return result;
  } finally {
    JSON.parse = parse;
  }
}

Deno.test("a small batch of millions of values, or nested deep, is refused before it is parsed", () =>
  withHost(async (host) => {
    const packed = { "content-encoding": "gzip" };
    for (
      const [body, fault] of [
        [`{"events": [${"[],".repeat(2_000_000)}[]]}`, /more than 500000 values/],
        [`{"events": [${'{"":0},'.repeat(1_000_000)}0]}`, /more than 500000 values/],
        [`{"events": ${"[".repeat(200_000)}`, /nested deeper than 200 levels/],
      ] as const
    ) {
      const bytes = await gzip(body);
      const refused = await withoutParsing(() => host.call("POST", PATH, bytes, packed));
      assert.equal(refused.status, 400);
      assert.match(refused.text("details"), fault);
    }
  }));

Deno.test("any JSON body of millions of values is refused before it is parsed", () =>
  withHost(async (host) => {
    const body = `{"provider": "linear", "items": [${"[],".repeat(1_000_000)}[]]}`;
    for (
      const path of ["tracker/push/", "tracker/pull/", "tracker/run/", "tracker/bind-resolve/"]
    ) {
      const refused = await withoutParsing(() => host.call("POST", `/api/v1/${path}`, body));
      assert.equal(refused.status, 422);
      assert.match(refused.text("message"), /must not hold more than 1000000 values/);
    }
  }));

Deno.test("events of a project that may not send are refused as a batch, in each of three forms", () =>
  withHost(async (host) => {
    const denied = { denied_projects: [uuidOf("project")] };
    const other = anEvent(2, { project_uuid: uuidOf("another") });
    for (
      const [form, read] of [
        ["list", (answer: Answered) => answer.at("details")],
        ["json", (answer: Answered): unknown => JSON.parse(answer.text("details"))],
      ] as const
    ) {
      await host.call("POST", "/dev/levers", { ...denied, details_form: form });
      const refused = await upload(host, [anEvent(1), other]);
      assert.equal(refused.status, 400);
      assert.deepEqual(read(refused), [{
        event_id: anEvent(1)["event_id"],
        error: "Invalid schema: project_uuid authorization check failed for team 'acme'",
      }]);
    }
    await host.call("POST", "/dev/levers", { details_form: "text" });
    assert.match((await upload(host, [anEvent(1)])).text("details"), /authorization check failed$/);
    assert.deepEqual((await host.call("GET", "/dev/events")).body, { events: [] });
    await host.call("POST", "/dev/reset");
    await host.call("POST", "/dev/levers", { rejected_types: ["WPStatusChanged"] });
    assert.equal((await upload(host, [anEvent(1)])).at("results.0.status"), "rejected");
  }));

Deno.test("an upload needs no team, but a team it names must be the user's", () =>
  withHost(async (host) => {
    const body = JSON.stringify({ events: [] });
    assert.equal((await host.call("POST", PATH, body, { "x-team-slug": null })).status, 200);
    assert.equal((await host.call("POST", PATH, body, { "x-team-slug": "other" })).status, 403);
  }));

Deno.test("events of teams apart have ids apart: no stranger makes an owner's event a duplicate", () =>
  withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, {
      username: "eve",
      password: "long enough 1",
      team: "others",
    });
    const eve = await host.as("eve", "long enough 1", "others");
    for (const team of [null, "others"]) {
      const forged = {
        team_slug: "acme",
        payload: { wp_id: "WP01", from_lane: "planned", to_lane: "done" },
      };
      const body = JSON.stringify({ events: [anEvent(1, forged)] });
      await eve.call("POST", PATH, body, { "x-team-slug": team });
    }
    const owners = await upload(host, [anEvent(1)]);
    assert.equal(owners.at("results.0.status"), "success");
  }));

Deno.test("the same event is a duplicate within its team, whichever member sends it and however", () =>
  withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, {
      username: "sam",
      password: "long enough 1",
      team: DEMO.team,
    });
    const sam = await host.as("sam", "long enough 1", DEMO.team);
    const { team } = DEMO;
    assert.equal(
      (await upload(host, [anEvent(1, { team_slug: team })])).at("results.0.status"),
      "success",
    );
    const body = JSON.stringify({ events: [anEvent(1, { team_slug: team })] });
    const again = await sam.call("POST", PATH, body, { "x-team-slug": null });
    assert.equal(again.at("results.0.status"), "duplicate");
  }));

const RECORDED = new URL("../../../shared/data/event-batch/", import.meta.url);

Deno.test("the recorded batches get their recorded answers", () =>
  withHost(async (host) => {
    const names = [];
    try {
      for await (const entry of Deno.readDir(RECORDED)) names.push(entry.name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("Skipped: there are no recorded batches here");
      return;
    }
    for (const name of names.sort()) {
      const recorded = JSON.parse(await Deno.readTextFile(new URL(name, RECORDED)));
      const { status_code, body } = recorded.expected_response;
      const denied = status_code === 400 ? [recorded.request.events[0].project_uuid] : [];
      await host.call("POST", "/dev/levers", { denied_projects: denied });
      const answer = await upload(host, recorded.request.events);
      assert.equal(answer.status, status_code, name);
      assert.deepEqual(answer.body, body, name);
    }
    assert.equal(names.length, 5);
  }));

Deno.test("a batch of several slices is answered in its order, and known when it comes again", () =>
  withHost(async (host) => {
    const events = Array.from({ length: 250 }, (_, index) => anEvent((index * 77) % 250));
    const first = await upload(host, events);
    assert.deepEqual(
      first.list("results").map((_, i) => [
        first.at(`results.${i}.event_id`),
        first.at(`results.${i}.status`),
      ]),
      events.map(({ event_id }) => [event_id, "success"]),
    );
    const second = await upload(host, [...events, anEvent(250)]);
    const states = second.list("results").map((_, i) => second.at(`results.${i}.status`));
    assert.deepEqual(states, [...events.map(() => "duplicate"), "success"]);
  }));

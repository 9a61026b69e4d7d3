/** A tracker that answers what none should: its connection alone suffers, says so, and recovers by itself. */
import assert from "node:assert/strict";
import { type TwoTrackers, withTwoTrackers } from "./two_trackers.ts";

const MINUTE_MS = 60_000;

type Shown = Readonly<Record<string, unknown>>;

/** How the first tracker answers for a while. */
interface Attack {
  /** What it shows instead of some issues. */
  readonly issues?: (shown: readonly Shown[]) => unknown;
  /** Changes the headers of an answer to a URL. */
  readonly headers?: (headers: Headers, url: URL) => void;
}

/** Has the first issue say something else. */
function first(changes: Shown): NonNullable<Attack["issues"]> {
  return (shown) => shown.map((one) => one["number"] === 1 ? { ...one, ...changes } : one);
}

/** Has an answer say that a page comes after it. */
function promiseMore(headers: Headers, url: URL): void {
  const next = new URL(url);
  next.searchParams.set("page", String(Number(url.searchParams.get("page") ?? 1) + 1));
  headers.set("link", `<${next.href}>; rel="next"`);
}

/** Lets the first tracker answer so; returns how often it was asked, and how to end it. */
function attacked({ one: { github } }: TwoTrackers, { issues, headers }: Attack) {
  const handle = github.handle.bind(github);
  const told = { asked: 0, end: () => void (github.handle = handle) };
  github.handle = async (request) => {
    told.asked++;
    const answer = await handle(request);
    const url = new URL(request.url);
    const changed = new Headers(answer.headers);
    changed.delete("etag");
    headers?.(changed, url);
    const text = await answer.text();
    const body = issues === undefined || answer.status !== 200 || !url.pathname.endsWith("/issues")
      ? text
      : JSON.stringify(issues(JSON.parse(text)));
    return new Response(answer.status === 304 ? null : body, {
      status: answer.status,
      headers: changed,
    });
  };
  return told;
}

/** Edits all issues of both trackers. */
function editAll({ one, other }: TwoTrackers, word: string): void {
  for (const { github, repository } of [one, other]) {
    for (const number of repository.issues.keys()) {
      github.edit(repository, number, { title: `${word} ${number}` });
    }
  }
}

const ALL_LATER = ["Later 1", "Later 2", "Later 3"];
const ALL_AFTER = ["After 1", "After 2", "After 3"];

async function titlesOf({ titles }: TwoTrackers["one"]): Promise<readonly string[]> {
  return [...(await titles()).values()].toSorted();
}

const UNREADABLE: readonly (readonly [string, Attack])[] = [
  ["a time that is none", { issues: first({ updated_at: "yesterday" }) }],
  ["a day that is none", { issues: first({ created_at: "2026-02-30T00:00:00Z" }) }],
  ["a year of six digits", { issues: first({ updated_at: "+275760-09-13T00:00:00Z" }) }],
  ["half a number", { issues: first({ number: 1.5 }) }],
  ["a number beyond those that are exact", { issues: first({ number: 2 ** 53 }) }],
  ["a number below zero", { issues: first({ number: -1 }) }],
  ["a path for a number", { issues: first({ number: "../2" }) }],
  ["nothing for an issue", { issues: (shown) => [null, ...shown] }],
  ["no list", { issues: () => ({ message: "Hello" }) }],
];

for (const [what, attack] of UNREADABLE) {
  Deno.test(`a tracker that shows ${what} stops its connection alone until it answers rightly`, () =>
    withTwoTrackers(3, async (scene) => {
      const { one, other, pass } = scene;
      const { end } = attacked(scene, attack);
      editAll(scene, "Later");
      await pass(3 * MINUTE_MS);
      assert.deepEqual(await titlesOf(other), ALL_LATER);
      assert.equal((await one.standing())["state"], "unreachable");
      assert.deepEqual(await titlesOf(one), ["Issue 1", "Issue 2", "Issue 3"]);
      end();
      await pass(10 * MINUTE_MS);
      assert.equal((await one.standing())["state"], "ok");
      assert.deepEqual(await titlesOf(one), ALL_LATER);
    }));
}

Deno.test("an issue from the far future hides no change, and is read again", () =>
  withTwoTrackers(3, async (scene) => {
    const { one, pass } = scene;
    const last = (shown: readonly Shown[]) =>
      shown.map((issue) =>
        issue["number"] === 3 ? { ...issue, updated_at: "9999-12-31T23:59:59Z" } : issue
      );
    const { end } = attacked(scene, { issues: last });
    editAll(scene, "Later");
    await pass(3 * MINUTE_MS);
    assert.deepEqual(await titlesOf(one), ALL_LATER);
    end();
    editAll(scene, "After");
    await pass(10 * MINUTE_MS);
    assert.deepEqual(await titlesOf(one), ALL_AFTER);
  }));

Deno.test("a limit that is to last for thousands of years lasts for a day", () =>
  withTwoTrackers(3, async (scene) => {
    const { host, one, other, pass } = scene;
    const { end } = attacked(scene, {
      headers: (headers) => {
        headers.set("x-ratelimit-remaining", "0");
        headers.set("x-ratelimit-reset", "999999999999");
      },
    });
    editAll(scene, "Later");
    await pass(3 * MINUTE_MS);
    assert.deepEqual(await titlesOf(other), ALL_LATER);
    const { state, state_at } = await one.standing();
    assert.equal(state, "limited");
    assert.ok(Number(state_at) <= host.context.now() + 24 * 60 * MINUTE_MS);
    end();
  }));

Deno.test("a tracker with many places that does not answer is asked for one of them at a time", () =>
  withTwoTrackers(3, async (scene) => {
    const { one, other, pass } = scene;
    const handle = one.github.handle.bind(one.github);
    let asked = 0;
    one.github.handle = () => {
      asked++;
      return Promise.reject(new TypeError("connection refused"));
    };
    editAll(scene, "Later");
    await pass(10 * MINUTE_MS);
    assert.deepEqual(await titlesOf(other), ALL_LATER);
    assert.equal((await one.standing())["state"], "unreachable");
    asked = 0;
    await pass(10 * MINUTE_MS);
    // Three attempts a minute.
    assert.ok(asked > 0 && asked <= 3 * 11, String(asked));
    one.github.handle = handle;
    await pass(3 * MINUTE_MS);
    assert.deepEqual(await titlesOf(one), ALL_LATER);
    assert.equal((await one.standing())["state"], "ok");
  }, { further: 20 }));

const ENDLESS: readonly (readonly [string, Attack])[] = [
  ["names a page after an empty one", { headers: promiseMore }],
  ["shows the same page again and again", {
    headers: promiseMore,
    issues: () => SAME_PAGE,
  }],
  ["shows two pages in turn", {
    headers: promiseMore,
    issues: () => {
      SAME_PAGE.reverse();
      return SAME_PAGE.slice(0, 1);
    },
  }],
];

const SAME_PAGE = [4, 5].map((number) => ({
  id: number,
  number,
  html_url: `https://github.test/acme/web/issues/${number}`,
  state: "open",
  title: "Again",
  labels: [],
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
}));

for (const [what, attack] of ENDLESS) {
  Deno.test(`a tracker that ${what} is not asked for ever`, () =>
    withTwoTrackers(3, async (scene) => {
      const { one, other, pass } = scene;
      const told = attacked(scene, attack);
      editAll(scene, "Later");
      await pass(3 * MINUTE_MS);
      assert.ok(told.asked < 500, String(told.asked));
      assert.deepEqual(await titlesOf(other), ALL_LATER);
      told.end();
      await pass(30 * MINUTE_MS);
      const titles = await titlesOf(one);
      assert.deepEqual(titles.filter((title) => title !== "Again"), ALL_LATER);
    }));
}

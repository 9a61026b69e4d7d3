/** Pulls of one resource, and the issues that leave it. */
import assert from "node:assert/strict";
import { type Answered, type TestHost, valueAt, withHost } from "./support.ts";

/** The id of an issue by the number of its key. */
export const id = (n: number) => `7c1f0a52-team-eng-${String(n).padStart(4, "0")}`;

/** One page. */
export async function pull(
  host: TestHost,
  ref: string,
  more: Record<string, unknown> = {},
): Promise<Answered> {
  const page = await host.call("POST", "/api/v1/tracker/pull/", {
    provider: "linear",
    binding_ref: ref,
    ...more,
  });
  assert.equal(page.status, 200, JSON.stringify(page.body));
  return page;
}

/** Removes issues by their keys. */
export async function remove(host: TestHost, ...keys: string[]): Promise<void> {
  const done = await host.call("POST", "/dev/issues/remove", {
    provider: "linear",
    resource: "Engineering (ENG)",
    keys,
  });
  assert.equal(done.at("removed"), keys.length);
}

/** Changes the title of an issue. */
export async function touch(host: TestHost, ref: string, key: string): Promise<void> {
  const done = await host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref: ref,
    items: [{
      ref: { system: "linear", workspace: "acme", id: key },
      action: "update",
      patch: { title: `Touched ${key}` },
    }],
  });
  assert.equal(done.at("items.0.outcome"), "updated");
}

/** The ids of what a page removes, or shows. */
export const ids = (page: Answered, list = "removed") =>
  page.list(list).map((one) => String(valueAt(one, list === "items" ? "ref.id" : "id")));

/** The host's time. */
export function now(host: TestHost): string {
  return new Date(host.platform.clock.now()).toISOString();
}

/** Runs `test` with a host and a binding to a resource of 36 issues. */
export async function withEngineering(
  test: (host: TestHost, ref: string) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => await test(host, await host.bind("linear", "Engineering (ENG)")));
}

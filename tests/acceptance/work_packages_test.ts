/** A host over HTTP, with a tracker behind it: work packages of two clones end as one status at the tracker, once. */
import assert from "node:assert/strict";
import { packageName } from "../../src/contract/work_packages.ts";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { anEvent } from "../server/event.ts";
import { ends } from "../support/bound.ts";
import { valueAt } from "../server/support.ts";
import type { World } from "../support/world.ts";
import { GITLAB_TOKEN, TOKEN, until, withGitHub, withGitLab, withLinear } from "./connect_setup.ts";
import { serveBound, terminate } from "./host_setup.ts";
import { API_TOKEN, withJira } from "./jira_setup.ts";

const MISSION = "014-sign-in";

/** A clone of the bound project, as the host sees it. */
interface Clone {
  /** Pushes items; returns what the operation came to. */
  push(...items: readonly object[]): Promise<unknown>;
  /** Sends steps of the package; returns what became of each. */
  step(...steps: readonly (readonly [minute: number, lane: string])[]): Promise<unknown[]>;
  mappings(): Promise<unknown>;
  creation(wp_id: string, more?: object): object;
}

/** Signs in at the host as the program does, and speaks for the project that is bound. */
async function cloneOf(world: World, url: string, provider: string): Promise<Clone> {
  let keys = 0;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    token = "",
  ): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "x-team-slug": "red",
        "idempotency-key": `key-${++keys}-${crypto.randomUUID()}`,
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    assert.ok(answer.ok, `${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const person = { username: "ada@example.com", password: "correct horse battery" };
  const token = String(valueAt(await call("POST", "token/", person), "access"));
  const ask = (method: string, path: string, body?: unknown) => call(method, path, body, token);
  const config = await Deno.readTextFile(`${world.project}/.kittify/config.yaml`);
  const [project_uuid = ""] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(config) ?? [];
  const status = await ask("GET", `tracker/status/?provider=${provider}`);
  const binding_ref = String(valueAt(status, "bindings.0.binding_ref"));
  const found = await ask("GET", `tracker/resources/?provider=${provider}`);
  const workspace = String(valueAt(found, "resources.0.provider_context.workspace"));
  const named = (wp_id: string) => ({
    system: provider,
    workspace,
    id: packageName({ mission: MISSION, wp_id }),
  });
  return {
    async push(...items) {
      const accepted = await ask("POST", "tracker/push/", { provider, binding_ref, items });
      const id = String(valueAt(accepted, "operation_id"));
      return await until(async () => {
        const state = await ask("GET", `tracker/operations/${id}/`);
        return valueAt(state, "status") === "completed" ? valueAt(state, "result") : null;
      });
    },
    async step(...steps) {
      const events = steps.map(([minute, to_lane]) =>
        anEvent(minute, {
          payload: { wp_id: "WP01", from_lane: "planned", to_lane, feature_slug: MISSION },
          timestamp: `2026-03-01T10:${String(minute).padStart(2, "0")}:00.000001+00:00`,
          team_slug: "red",
          project_uuid,
        })
      );
      const answer = await ask("POST", "events/batch/", { events });
      return events.map((_, index) => valueAt(answer, `results.${index}.status`));
    },
    mappings: () => ask("GET", `tracker/mappings/?provider=${provider}&binding_ref=${binding_ref}`),
    creation: (wp_id, more = {}) => ({
      ref: named(wp_id),
      action: "create",
      patch: { title: `${wp_id} Sign in`, issue_type: "subtask", ...more },
      target_status: "todo",
      work_package: { mission: MISSION, wp_id },
    }),
  };
}

/** Has two clones create the packages at once, and tell their steps in any order; what is sent to the tracker is listed. */
async function followed(
  world: World,
  url: string,
  provider: string,
  status: () => unknown,
): Promise<void> {
  const [one, other] = [await cloneOf(world, url, provider), await cloneOf(world, url, provider)];
  const results = await Promise.all([
    one.push(one.creation("WP01")),
    other.push(other.creation("WP01")),
  ]);
  const outcomes = results.map((result) => valueAt(result, "items.0.outcome")).sort();
  assert.deepEqual(outcomes, ["created", "unchanged"], JSON.stringify(results));
  const ids = new Set(results.map((result) => valueAt(result, "items.0.remote_ref.id")));
  assert.equal(ids.size, 1);
  const [mapping, ...more] = [valueAt(await other.mappings(), "mappings")].flat();
  assert.deepEqual(more, []);
  assert.deepEqual([valueAt(mapping, "mission"), valueAt(mapping, "wp_id")], [MISSION, "WP01"]);
  assert.ok(ids.has(valueAt(mapping, "external_id")));

  assert.deepEqual(await one.step([1, "claimed"], [2, "for_review"], [3, "claimed"]), [
    "success",
    "success",
    "success",
  ]);
  await until(() => Promise.resolve(status() === "in_progress" ? true : null));
  assert.deepEqual(await other.step([3, "claimed"], [2, "for_review"]), ["duplicate", "duplicate"]);
  await other.step([5, "done"]);
  await until(() => Promise.resolve(status() === "done" ? true : null));
  // An older step moves nothing: a later one, which is delivered after it, is seen first.
  assert.deepEqual(await one.step([4, "claimed"]), ["success"]);
  await other.step([6, "a_lane_of_their_own"]);
  await one.step([7, "planned"]);
  await until(() => Promise.resolve(status() === "todo" ? true : null));
}

Deno.test("work packages of two clones end as one status at GitHub, once", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const words = ["--status", "doing=in_progress", "--status", "review=in_review"];
    await ends(world, 0, ["host", "connection", "map", "github", ...words, "--data", data]);
    const host = await serveBound(world, data, "github");
    await followed(world, host.url, "github", () => {
      const [issue] = [...repository.issues.values()];
      if (issue === undefined) return null;
      return issue.state === "closed"
        ? "done"
        : issue.labels.includes("doing")
        ? "in_progress"
        : "todo";
    });
    assert.equal(repository.issues.size, 1);
    const changes = github.writes.filter((write) => write.startsWith("update #1"));
    assert.equal(changes.length, 3, github.writes.join("\n"));
    await terminate(host);
  }));

Deno.test("work packages of two clones end as one status at Linear, once", () =>
  withLinear(async ({ world, data, linear, connect }) => {
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    const host = await serveBound(world, data, "linear");
    const { issues, states } = linear.workspace;
    await followed(world, host.url, "linear", () => {
      const [issue] = [...issues.values()];
      const type = states.get(issue?.stateId ?? "")?.type;
      return type === "started" ? "in_progress" : type === "completed" ? "done" : "todo";
    });
    assert.equal(issues.size, 1);
    const changes = linear.writes.filter((write) => !/create|label/i.test(write));
    assert.equal(changes.length, 3, linear.writes.join("\n"));
    await terminate(host);
  }));

Deno.test("work packages of two clones end as one status at GitLab, once", () =>
  withGitLab(async ({ world, data, gitlab, project, connect }) => {
    await ends(world, 0, connect("--project", "acme/web"), { stdin: GITLAB_TOKEN });
    const words = ["--status", "workflow::doing=in_progress"];
    await ends(world, 0, ["host", "connection", "map", "gitlab", ...words, "--data", data]);
    const host = await serveBound(world, data, "gitlab");
    await followed(world, host.url, "gitlab", () => {
      const [issue] = [...project.issues.values()];
      if (issue === undefined) return null;
      return issue.state === "closed"
        ? "done"
        : issue.labels.includes("workflow::doing")
        ? "in_progress"
        : "todo";
    });
    assert.equal(project.issues.size, 1);
    const changes = gitlab.writes.filter((write) => !write.startsWith("create"));
    assert.equal(changes.length, 3, gitlab.writes.join("\n"));
    await terminate(host);
  }));

for (const edition of ["cloud", "server"] as const) {
  Deno.test(`work packages of two clones end as one status at Jira (${edition}), once`, () =>
    withJira(async ({ world, data, jira, connect }) => {
      await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
      const host = await serveBound(world, data, "jira");
      const { statuses, issues } = jira.state;
      await followed(world, host.url, "jira", () => {
        const [issue] = [...issues.values()];
        const status = statuses.find(({ id }) => id === issue?.statusId);
        return status?.category === "indeterminate"
          ? "in_progress"
          : status?.category === "done"
          ? "done"
          : "todo";
      });
      assert.equal(issues.size, 1);
      const changes = jira.writes.filter((write) => write.startsWith("transition"));
      assert.equal(changes.length, 3, jira.writes.join("\n"));
      await terminate(host);
    }, edition));
}

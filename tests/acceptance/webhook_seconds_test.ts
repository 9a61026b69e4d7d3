/** A change at a tracker of which a webhook tells is soon what a pull gets: how soon is printed. */
import assert from "node:assert/strict";
import { signed as signedByGitHub } from "../standins/github/fake_github.ts";
import { signed as signedByGitLab } from "../standins/gitlab/fake_gitlab.ts";
import { signed as signedByJira } from "../standins/jira/deliveries.ts";
import { document, ends } from "../support/bound.ts";
import { freePort } from "../support/free_port.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";
import { fill, GITLAB_TOKEN, TOKEN, withGitHub, withGitLab } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";
import { API_TOKEN, withJira } from "./jira_setup.ts";

/** A machine that is busy with other tests may be slow once: the quickest of some edits counts. */
const EDITS = 5;

/** Milliseconds: many times what it takes, and less than passes between two rounds without a webhook. */
const SOON_MS = 30_000;

/** A tracker with a place that has an issue "Issue 7", and how it is connected. */
interface Telling {
  readonly provider: "github" | "gitlab" | "jira";
  readonly world: World;
  readonly data: string;
  readonly connect: readonly string[];
  readonly token: string;
  /** Webhooks that are registered. */
  hooks(): number;
  /** Gives the issue another title; returns what the tracker sends then. */
  rename(title: string): Promise<Request>;
}

async function seesSoon(telling: Telling): Promise<void> {
  const { provider, world, data } = telling;
  await ends(world, 0, telling.connect, { stdin: telling.token });
  // Where the host is reached is told once it is known: with it the webhook is registered.
  const port = String(freePort());
  const at = ["--data", data, "--public-url", `http://127.0.0.1:${port}`];
  const host = await serve(world, at, port);
  await signIn(world, host.url);
  await ends(world, 0, ["bind", "-p", provider, "--select", "1"]);
  await until(() => Promise.resolve(telling.hooks() === 1 ? true : null));
  await ends(world, 0, ["host", "sync", "--data", data]);
  const { binding_ref } = await document(world, "status");
  const token = (await ends(world, 0, ["auth", "token"])).stdout.trim();
  const pulled = async () => {
    const answer = await fetch(`${host.url}/api/v1/tracker/pull/`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${token}`,
        "x-team-slug": "red",
        "content-type": "application/json",
      },
      body: JSON.stringify({ provider, binding_ref, limit: 200 }),
    });
    return await answer.text();
  };
  assert.match(await pulled(), /"Issue 7"/);
  const took: number[] = [];
  for (let edit = 1; edit <= EDITS; edit++) {
    const delivery = await telling.rename(`Told ${edit} times`);
    const sent = performance.now();
    const answer = await fetch(delivery);
    assert.equal(answer.status, 202, await answer.text());
    await until(async () => (await pulled()).includes(`"Told ${edit} times"`) ? true : null, 20);
    took.push(Math.round(performance.now() - sent));
    // An edit in the same second has the same time as the one before.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  console.log(`    from the webhook of ${provider} to the pull: ${took.join(", ")} ms`);
  assert.ok(Math.min(...took) < SOON_MS, took.join(" "));
  await terminate(host);
}

/** Returns the last of the deliveries. */
function last<T>(deliveries: readonly T[]): T {
  const delivery = deliveries.at(-1);
  assert.ok(delivery !== undefined);
  return delivery;
}

Deno.test("a client that pulls sees a change soon after GitHub's webhook", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 120);
    await seesSoon({
      provider: "github",
      world,
      data,
      connect: connect("--repository", "acme/web"),
      token: TOKEN,
      hooks: () => repository.hooks.size,
      rename(title) {
        github.edit(repository, 7, { title });
        return signedByGitHub(last(github.deliveries));
      },
    });
  }));

Deno.test("a client that pulls sees a change soon after GitLab's webhook", () =>
  withGitLab(async ({ world, data, gitlab, project, addIssues, connect }) => {
    addIssues(120);
    await seesSoon({
      provider: "gitlab",
      world,
      data,
      connect: connect("--project", "acme/web"),
      token: GITLAB_TOKEN,
      hooks: () => project.hooks.size,
      rename(title) {
        gitlab.edit(project, 7, { title });
        return signedByGitLab(last(gitlab.deliveries));
      },
    });
  }));

Deno.test("a client that pulls sees a change soon after Jira's webhook", () =>
  withJira(async ({ world, data, jira, web, connect }) => {
    for (let number = 1; number <= 120; number++) jira.add(web, { summary: `Issue ${number}` });
    const issue = jira.state.issue("WEB-7");
    assert.ok(issue !== null);
    await seesSoon({
      provider: "jira",
      world,
      data,
      connect: connect("--project", "WEB"),
      token: API_TOKEN,
      hooks: () => jira.state.hooks.size,
      rename(summary) {
        jira.edit(issue, { summary });
        return signedByJira(last(jira.deliveries));
      },
    });
  }));

/** Comments between clients of a host that serves, and the tracker behind it. */
import assert from "node:assert/strict";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends } from "../support/bound.ts";
import { isRecord } from "../module_graph.ts";
import type { World } from "../support/world.ts";
import { until } from "../support/until.ts";
import { fill, TOKEN, withGitHub, withLinear } from "./connect_setup.ts";
import { serveBound, terminate } from "./host_setup.ts";

/** A client of a host that knows the calls about comments. */
interface Commenting {
  add(key: string, body: string): Promise<void>;
  /** Author, text, and whether it was edited, of each comment. */
  list(
    key: string,
  ): Promise<readonly (readonly [author: unknown, body: unknown, isEdited: boolean])[]>;
}

/** Serves what is connected, binds the project, waits for an issue, and works as the holder of a machine token. */
async function withComments(
  world: World,
  { data, provider, lastKey }: {
    readonly data: string;
    readonly provider: string;
    readonly lastKey: string;
  },
  test: (client: Commenting) => Promise<void>,
): Promise<void> {
  const host = await serveBound(world, data, provider);
  await until(async () => {
    await world.here(["sync", "pull", "--all"]);
    return (await world.here(["issue", "show", lastKey])).code === 0 ? true : null;
  });
  const line = ["host", "token", "create", "--user", "ada@example.com", "--name", "ci"];
  const { token } = await document(world, ...line, "--data", data);
  const { binding_ref } = await document(world, "status");
  const call = async (path: string, more: object) => {
    const answer = await fetch(`${host.url}/api/v1/tracker/comments/${path}/`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-team-slug": "red",
        "idempotency-key": crypto.randomUUID(),
      },
      body: JSON.stringify({ provider, binding_ref, ...more }),
    });
    const body: unknown = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    assert.ok(isRecord(body));
    return body;
  };
  await test({
    add: async (key, body) => void await call("add", { external_issue_id: key, body }),
    async list(key) {
      const { comments } = await call("list", { external_issue_id: key });
      assert.ok(Array.isArray(comments));
      return comments.map(({ author, body, created_at, updated_at }) =>
        [author, body, created_at !== updated_at] as const
      );
    },
  });
  await terminate(host);
}

Deno.test("comments go to GitHub and come from there, also those of a time without a connection", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 1);
    const there = repository.issues.get(1)?.comments ?? [];
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    await withComments(
      world,
      { data, provider: "github", lastKey: "#1" },
      async ({ add, list }) => {
        const at = Date.now() - 60_000;
        there.push({ id: 1, author: "bo", body: "Theirs", createdAt: at, updatedAt: at + 5_000 });
        await add("#1", "Ours, with *Markdown* and 🙂");
        await until(() => Promise.resolve(there.length === 2 ? true : null));
        assert.match(there[1]?.body ?? "", /^Ours, with \*Markdown\* and 🙂\n/);
        assert.deepEqual(await list("#1"), [
          ["bo", "Theirs", true],
          ["ada@example.com", "Ours, with *Markdown* and 🙂", false],
        ]);
        const remove = ["host", "connection", "remove", "github", "--yes", "--data", data];
        await ends(world, 0, remove);
        await add("#1", "Written alone");
        assert.equal(there.length, 2);
        await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
        await until(() => Promise.resolve(there.length === 3 ? true : null));
        assert.deepEqual((await list("#1")).map(([, body]) => body), [
          "Theirs",
          "Ours, with *Markdown* and 🙂",
          "Written alone",
        ]);
      },
    );
    assert.equal(github.writes.filter((one) => one.startsWith("comment")).length, 2);
  }));

Deno.test("comments go to Linear and come from there", () =>
  withLinear(async ({ world, data, linear, addIssues, connect }) => {
    const [issueId = ""] = addIssues("ENG", 1).map(({ id }) => id);
    const { comments } = linear.workspace;
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    await withComments(
      world,
      { data, provider: "linear", lastKey: "ENG-1" },
      async ({ add, list }) => {
        const times = {
          createdAt: "2026-01-01T00:00:00.000Z",
          updatedAt: "2026-01-02T00:00:00.000Z",
        };
        comments.set("c", { id: "c", issueId, body: "Theirs", userId: null, ...times });
        await add("ENG-1", "Ours");
        await until(() => Promise.resolve(comments.size === 2 ? true : null));
        assert.deepEqual([...comments.values()].map(({ body }) => body), ["Theirs", "Ours"]);
        assert.deepEqual(await list("ENG-1"), [
          ["Tracker app", "Theirs", true],
          ["ada@example.com", "Ours", false],
        ]);
      },
    );
    assert.equal(linear.writes.filter((one) => one.startsWith("comment")).length, 1);
  }));

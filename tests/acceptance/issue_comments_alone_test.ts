/** `issue show --comments` and `issue comment` where the host has the issues itself, lacks comments, or is away. */
import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** Runs a test with a project that has pulled what the host has. */
function pulled(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withBoundWorld(async (world) => {
      await ends(world, 0, ["sync", "pull", "--all"]);
      await world.forgetRequests();
      await test(world);
    }));
}

async function texts(world: World): Promise<string[]> {
  const { comments } = await document(world, "issue", "show", "ENG-2", "--comments");
  return comments.map(({ text }: { readonly text: string }) => text);
}

pulled(
  "a comment is read from the input, is at the host, and is shown with the issue",
  async (world) => {
    const before = await texts(world);
    const { stdout, stderr } = await ends(world, 0, ["issue", "comment", "ENG-2", "-"], {
      stdin: "One\n\n- two\n\n",
    });
    assert.equal(stdout + stderr, "✓ Commented on ENG-2 at the host\n");
    assert.deepEqual(await texts(world), [...before, "One\n\n- two"]);
    const added = await document(world, "issue", "comment", "ENG-2", "Three");
    assert.deepEqual(Object.keys(added), ["schema", "ref", "comment", "state"]);
    assert.deepEqual(Object.keys(added.comment), ["id", "author", "created_at", "text"]);
    assert.deepEqual([added.ref.key, added.comment.text, added.state], [
      "ENG-2",
      "Three",
      "at_host",
    ]);
  },
);

pulled("a comment whose answer is lost is written once, when it is sent again", async (world) => {
  await world.lever("fail", { path: "comments/add", status: 502, body: "html", after: true });
  const line = ["issue", "comment", "ENG-2", "Once"];
  const lost = await failure(world, 1, line);
  assert.match(lost.next_action, /Run the same command again: a comment that has arrived is not/);
  const { stdout, stderr } = await ends(world, 0, line);
  assert.equal(stdout, "✓ Commented on ENG-2 at the host\n");
  assert.equal(stderr, "  It was there already: an earlier sending had arrived.\n");
  assert.equal((await texts(world)).filter((text) => text === "Once").length, 1);
  assert.deepEqual((await document(world, ...line)).was_there, undefined);
  assert.equal((await texts(world)).filter((text) => text === "Once").length, 2);
});

pulled(
  "without the host the comments are not taken for none, and the issue is shown without",
  async (world) => {
    await world.stopHost();
    for (const line of [["show", "ENG-2", "--comments"], ["comment", "ENG-2", "Seen"]]) {
      const { code, message } = await failure(world, 1, ["issue", ...line]);
      assert.equal(code, "network_error");
      assert.match(message, /^Cannot connect to the tracker host at /);
    }
    const { next_action } = await failure(world, 1, ["issue", "show", "ENG-2", "--comments"]);
    assert.equal(next_action, "`tracker issue show ENG-2` shows the issue without its comments.");
    await ends(world, 0, ["issue", "show", "ENG-2"]);
  },
);

pulled(
  "an issue that the host does not know yet has no comments, and takes none",
  async (world) => {
    const { issue } = await document(world, "issue", "create", "--title", "New");
    const { id } = issue.ref;
    assert.deepEqual((await document(world, "issue", "show", id, "--comments")).comments, []);
    const { code, next_action } = await failure(world, 1, ["issue", "comment", id, "Seen"]);
    assert.equal(code, "issue_not_pushed");
    assert.match(next_action, /^Send it with `tracker sync push`/);
    assert.deepEqual(await world.requests(), []);
  },
);

pulled("an issue that is gone at the host is named by it", async (world) => {
  await world.lever("issues/remove", {
    provider: "linear",
    resource: "Engineering (ENG)",
    keys: ["ENG-2"],
  });
  for (const line of [["show", "ENG-2", "--comments"], ["comment", "ENG-2", "Seen"]]) {
    const { code, message } = await failure(world, 1, ["issue", ...line]);
    assert.deepEqual([code, /^No issue "/.test(message)], ["validation_error", true], message);
  }
});

pulled(
  "with hosted sync off nothing is asked, and the command says how to opt in",
  async (world) => {
    world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"] = "0";
    for (const line of [["show", "ENG-2", "--comments"], ["comment", "ENG-2", "Seen"]]) {
      const { code } = await failure(world, 1, ["issue", ...line]);
      assert.equal(code, "rollout_disabled");
    }
    assert.deepEqual(await world.requests(), []);
  },
);

/** Stands before the host as one of another make, which has no comments. */
async function withoutComments(
  hostUrl: string,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname);
    if (pathname.includes("/comments/")) return new Response(null, { status: 404 });
    const { method, headers } = request;
    const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
    const answer = await fetch(`${hostUrl}${pathname}${search}`, { method, headers, body });
    if (!pathname.endsWith("/health/")) return answer;
    return Response.json({ ...await answer.json(), extensions: ["removed"] });
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
  assert.deepEqual(asked.filter((path) => path.includes("/comments/")), []);
}

Deno.test("a host without comments is told, with where they are, and is not asked for them", () =>
  withBoundWorld((world) =>
    withoutComments(world.hostUrl, async (url) => {
      world.env["SPEC_KITTY_SAAS_URL"] = url;
      await world.signIn();
      await ends(world, 0, ["sync", "pull", "--all"]);
      for (const line of [["show", "ENG-2", "--comments"], ["comment", "ENG-2", "Seen"]]) {
        const { code, message, next_action } = await failure(world, 1, ["issue", ...line]);
        assert.equal(code, "comments_unsupported");
        assert.equal(message, "The tracker host does not offer the comments of issues");
        assert.match(next_action, /^Read and write them in the tracker: https:/);
      }
    })
  ));

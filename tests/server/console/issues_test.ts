import assert from "node:assert/strict";
import { DEMO, importIssues } from "../../../src/server/mod.ts";
import { inTransaction } from "../../../src/server/context/host_context.ts";
import { insertComment } from "../../../src/server/store/comments.ts";
import { insertRow } from "../../../src/server/store/insert.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, signedInBrowser } from "./browser.ts";

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)> \u202Egnp.exe ${
  "W".repeat(300)
}`;

/** An issue as a file has it. */
function record(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ref: { system: "linear", workspace: "acme", id, key: `NEW-${id}` },
    title: `Issue ${id}`,
    status: "todo",
    issue_type: "task",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-02T03:04:05Z",
    ...more,
  };
}

/** Imports issues as a place of their own; returns the place's id. */
async function place(
  host: TestHost,
  label: string,
  records: readonly unknown[],
  team: string = DEMO.team,
): Promise<string> {
  await importIssues(host.context, JSON.stringify(records), { label, team });
  const row = await host.store.one("SELECT id FROM resources WHERE label = ?", label);
  return String(row?.["id"]);
}

/** The keys of the issues on a page, in their order. */
function keysOf(html: string): string[] {
  return [...html.matchAll(/data-title="Key">([^<]*)</g)].map(([, key = ""]) => key);
}

async function walk(browser: ConsoleBrowser, first: string): Promise<string[][]> {
  const pages: string[][] = [];
  let path: string | undefined = first;
  while (path !== undefined) {
    const { status, html }: { status: number; html: string } = await browser.open(path);
    assert.equal(status, 200);
    pages.push(keysOf(html));
    path = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  }
  return pages;
}

Deno.test("the issues of a place are walked page by page, the last changed first, each once", () =>
  withHost(async (host) => {
    const records = Array.from({ length: 120 }, (_, at) => record(String(at)));
    const id = await place(host, "Many", records);
    const browser = await signedInBrowser(host);
    const pages = await walk(browser, `/issues?place=${id}`);
    assert.deepEqual(pages.map((page) => page.length), [50, 50, 20]);
    assert.equal(new Set(pages.flat()).size, 120);
    assert.equal(pages[0]?.[0], "NEW-119");
    // A cursor that nobody gave out is no fault.
    assert.equal((await browser.open(`/issues?place=${id}&after=x%27`)).status, 200);
  }));

Deno.test("issues are found by their key, by all their words, and by their status", () =>
  withHost(async (host) => {
    const id = await place(host, "Some", [
      record("1", { title: "Pay by card", body: "Needs NEW-2 first" }),
      record("2", { title: "Pay by letter", status: "done" }),
      record("3", { title: "Ship a card" }),
    ]);
    const browser = await signedInBrowser(host);
    const found = async (query: Record<string, string>) =>
      keysOf((await browser.open(`/issues?${new URLSearchParams({ place: id, ...query })}`)).html)
        .toSorted();
    assert.deepEqual(await found({ q: "CARD pay" }), ["NEW-1"]);
    assert.deepEqual(await found({ q: "new-2" }), ["NEW-1", "NEW-2"]);
    assert.deepEqual(await found({ status: "done" }), ["NEW-2"]);
    assert.deepEqual(await found({ status: "done", q: "card" }), []);
    assert.deepEqual(await found({ status: "nonsense" }), ["NEW-1", "NEW-2", "NEW-3"]);
  }));

Deno.test("a page of an issue shows its fields, relations, comments and deliveries", () =>
  withHost(async (host) => {
    const ref = { system: "linear", workspace: "acme", id: "1", key: "NEW-1" };
    const id = await place(host, "Some", [
      record("1", {
        body: "# Steps\n\n- [x] done\n\nSee [the guide](https://docs.rs/guide).\n\n" +
          "| step | took |\n| --- | ---: |\n| <b>a</b> | 3 |",
      }),
      record("2", {
        parent_ref: ref,
        labels: ["ui"],
        assignees: ["Ada"],
        priority: 2,
        links: [
          { type: "blocks", ref: { ...ref, id: "gone", key: "OLD-9" } },
          {
            type: "relates_to",
            ref: {
              ...ref,
              workspace: "other",
              id: "7",
              key: "X-7",
              url: "https://tracker.dev/X-7",
            },
          },
        ],
      }),
    ]);
    const user = await host.store.one("SELECT id FROM users");
    await inTransaction(
      host.context,
      (context) =>
        insertComment(context.store, { resourceId: id, issueId: "2" }, {
          id: "com_1",
          userId: String(user?.["id"]),
          body: "Looks **good**",
          createdAt: Date.UTC(2026, 0, 3),
        }),
    );
    await insertRow(host.store, "outbox", {
      resource_id: id,
      connection_id: "con_1",
      external_id: "2",
      place: 0,
      item: "{}",
      state: "failed",
      attempt: 3,
      error: "The provider <b>refused</b>",
      created_at: 1,
      ended_at: host.context.now(),
    });
    const browser = await signedInBrowser(host);
    const { html } = await browser.open(`/issues/${id}/2`);
    for (
      const words of [
        "<h1>Issue 2</h1>",
        `href="/issues/${id}/1">NEW-1 Issue 1</a>`,
        ">OLD-9<",
        'href="https://tracker.dev/X-7" rel="noopener noreferrer nofollow">X-7</a>',
        "Looks <strong>good</strong>",
        '<time datetime="2026-01-02T03:04:05.000Z">2 Jan 2026, 03:04 UTC</time>',
        "The provider &lt;b&gt;refused&lt;/b&gt;",
        ">Ada<",
        ">high<",
      ]
    ) assert.ok(html.includes(words), words);
    const parent = (await browser.open(`/issues/${id}/NEW-1`)).html;
    assert.match(parent, /<h3>Steps<\/h3>/);
    assert.match(
      parent,
      /scope="col">step<\/th><th role="columnheader" scope="col" class="right">took</,
    );
    assert.match(
      parent,
      /<td role="cell">&lt;b&gt;a&lt;\/b&gt;<\/td><td role="cell" class="right">3</,
    );
    assert.match(parent, /Has the part/);
    assert.match(
      parent,
      /href="https:\/\/docs.rs\/guide"[^>]*>the guide<\/a><span class="soft"> \(docs.rs\)/,
    );
  }));

Deno.test("what others wrote is text on every page, and loads nothing", () =>
  withHost(async (host) => {
    const id = await place(host, `Place ${HOSTILE}`, [
      record(`1/../#?"<>`, {
        ref: {
          system: "linear",
          workspace: "acme",
          id: `1/../#?"<>`,
          key: HOSTILE,
          url: "javascript:alert(3)",
        },
        title: HOSTILE,
        body:
          `${HOSTILE}\n\n[go](javascript:alert(4)) ![pixel](https://spy.dev/p.png) <https://ok.dev>`,
        labels: [HOSTILE],
        assignees: [HOSTILE],
        custom_fields: { [HOSTILE]: HOSTILE },
      }),
    ]);
    const browser = await signedInBrowser(host);
    const list = await browser.open(`/issues?${new URLSearchParams({ place: id, q: HOSTILE })}`);
    const [, path = ""] = /<td[^>]*data-title="Title"><a href="([^"]+)"/.exec(list.html) ?? [];
    const issue = await browser.open(path);
    assert.equal(issue.status, 200);
    for (const { html } of [list, issue]) {
      assert.match(html, /&lt;script&gt;alert\(1\)/);
      assert.match(html, /‹U\+202E›gnp\.exe/);
      assert.doesNotMatch(html, /<script>|<img src=x|href="javascript:|<img[^>]*spy\.dev/);
    }
    assert.doesNotMatch(issue.html.replaceAll(/<[^>]*>/g, ""), /\u202E/);
  }));

Deno.test("issues of another team are not there", () =>
  withHost(async (host) => {
    const id = await place(host, "Theirs", [record("1", { title: "Secret plan" })], "others");
    const browser = await signedInBrowser(host);
    const page = await browser.open(`/issues/${id}/1`);
    assert.equal(page.status, 404);
    const list = await browser.open(`/issues?place=${id}`);
    assert.match(list.html, /There is no such place in this team/);
    for (const { html } of [page, list]) assert.doesNotMatch(html, /Secret plan|Theirs/);
  }));

Deno.test("an address of an issue that is no address is answered by a page", () =>
  withHost(async (host) => {
    const id = await place(host, "Some", [record("1")]);
    const browser = await signedInBrowser(host);
    for (
      const path of [`/issues/${id}/none`, `/issues/none/1`, `/issues/${id}/%ff`, "/issues/%00/%00"]
    ) {
      assert.equal((await browser.open(path)).status, 404, path);
    }
  }));

import assert from "node:assert/strict";
import {
  type OriginTicket,
  originTicketOf,
  readMeta,
  setOriginTicket,
  writeMeta,
} from "../../src/project/mission_meta.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const TICKET: OriginTicket = {
  provider: "linear",
  resource_type: "linear_team",
  resource_id: "team-1",
  external_issue_id: "uuid-1",
  external_issue_key: "ENG-7",
  external_issue_url: "https://linear.example/ENG-7",
  title: "Größe “falsch” \u2028 🔥",
};

const META = `{
  "feature_number": "061",
  "slug": "061-old-style",
  "vcs": "git",
  "accepted": 12345678901234567890,
  "nested": {"origin_ticket": "mine"}
}
`;

async function withMission(
  meta: string | Uint8Array | null,
  test: (
    mission: { platform: TestPlatform; dir: string; text: () => Promise<string | null> },
  ) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const root = `${platform.home}/web`;
    const dir = `${root}/kitty-specs/061-old-style`;
    await Deno.mkdir(dir, { recursive: true });
    await Deno.mkdir(`${root}/.git`);
    if (meta !== null) await platform.files.writeAtomic(`${dir}/meta.json`, meta);
    await test({ platform, dir, text: () => platform.files.readText(`${dir}/meta.json`) });
  });
}

async function code(work: Promise<unknown>): Promise<string> {
  return await work.then(() => "none", (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    return error.code;
  });
}

Deno.test("The ticket is added with all seven keys, and every other byte stays", async () => {
  await withMission(META, async ({ platform, dir, text }) => {
    assert.equal(await setOriginTicket(platform, dir, TICKET), true);
    const written = await text() ?? "";
    const added = `,\n  "origin_ticket": ${
      JSON.stringify(TICKET, null, 2).replaceAll("\n", "\n  ")
    }\n}\n`;
    assert.equal(written, META.slice(0, -3) + added);
    const meta = await readMeta(platform, dir);
    assert.deepEqual(originTicketOf(meta), TICKET);
    assert.deepEqual(Object.keys(originTicketOf(meta) ?? {}), Object.keys(TICKET));
  });
});

Deno.test("The same ticket again does not write; another replaces it", async () => {
  await withMission(META, async ({ platform, dir, text }) => {
    await setOriginTicket(platform, dir, TICKET);
    const before = await text();
    const { modifiedAt } = await platform.files.stat(`${dir}/meta.json`) ?? { modifiedAt: 0 };
    assert.equal(await setOriginTicket(platform, dir, { ...TICKET }), false);
    assert.equal(await text(), before);
    assert.equal((await platform.files.stat(`${dir}/meta.json`))?.modifiedAt, modifiedAt);
    assert.equal(await setOriginTicket(platform, dir, { ...TICKET, title: "Other" }), true);
    assert.equal(originTicketOf(await readMeta(platform, dir))?.title, "Other");
    assert.equal((await text())?.includes("12345678901234567890"), true);
  });
});

Deno.test("A ticket without one of the seven keys is refused, and the file stays", async () => {
  await withMission(META, async ({ platform, dir, text }) => {
    for (const key of Object.keys(TICKET)) {
      const faulty = Object.fromEntries(Object.entries(TICKET).filter(([name]) => name !== key));
      // As a program without types would call it.
      const call = Reflect.apply(setOriginTicket, null, [platform, dir, faulty]);
      assert.equal(await code(call), "origin_ticket_invalid", key);
    }
    const blank = { ...TICKET, external_issue_url: "  " };
    assert.equal(await code(setOriginTicket(platform, dir, blank)), "origin_ticket_invalid");
    assert.equal(await text(), META);
  });
});

Deno.test("Keys beside the seven are not written", async () => {
  await withMission(META, async ({ platform, dir, text }) => {
    const more = { ...TICKET, token: "secret" };
    await setOriginTicket(platform, dir, more);
    assert.equal((await text())?.includes("secret"), false);
  });
});

Deno.test("A file that cannot be read is never overwritten: the error names it, the line and the reason", async () => {
  await withMission('{\n  "a": 1,\n  oops\n}\n', async ({ platform, dir, text }) => {
    await assert.rejects(setOriginTicket(platform, dir, TICKET), (error: unknown) => {
      assert.ok(error instanceof TrackerError && error.code === "meta_invalid");
      assert.match(error.message, /Line 3 of ".*meta\.json"/);
      return true;
    });
    assert.equal(await text(), '{\n  "a": 1,\n  oops\n}\n');
  });
  for (const content of ["[]", '{"slug": 7}', new Uint8Array([0x7b, 0xff, 0x7d])]) {
    await withMission(content, async ({ platform, dir }) => {
      assert.equal(await code(readMeta(platform, dir)), "meta_invalid");
      assert.equal(await code(setOriginTicket(platform, dir, TICKET)), "meta_invalid");
    });
  }
  await withMission(null, async ({ platform, dir, text }) => {
    assert.equal(await code(setOriginTicket(platform, dir, TICKET)), "mission_not_found");
    assert.equal(await text(), null);
  });
});

Deno.test("A byte order mark and Windows line ends stay", async () => {
  await withMission('\uFEFF{\r\n  "slug": "a"\r\n}\r\n', async ({ platform, dir, text }) => {
    await setOriginTicket(platform, dir, TICKET);
    const bytes = await Deno.readFile(`${dir}/meta.json`);
    assert.deepEqual([...bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.equal((await text())?.replaceAll("\r\n", "").includes("\n"), false);
    assert.equal(originTicketOf(await readMeta(platform, dir))?.external_issue_key, "ENG-7");
  });
});

Deno.test("The ticket is optional: metadata without one, or with half of one, has none", async () => {
  await withMission(META, async ({ platform, dir }) => {
    assert.equal(originTicketOf(await readMeta(platform, dir)), null);
  });
  await withMission('{"origin_ticket": {"provider": "jira"}}', async ({ platform, dir }) => {
    assert.equal(originTicketOf(await readMeta(platform, dir)), null);
  });
});

Deno.test("Metadata of a new mission has its keys in order, two blanks of indentation and a final newline", async () => {
  await withMission(null, async ({ platform, dir, text }) => {
    await writeMeta(platform, dir, {
      mission_id: "01M8C6MEXRRVKWZNY1VNXF7M6J",
      mission_number: 61,
      mission_slug: "061-a",
      mission_type: "software-dev",
      slug: "a",
      friendly_name: "A",
      target_branch: "main",
      created_at: "2026-03-01T12:00:00Z",
    });
    assert.match(
      await text() ?? "",
      /^\{\n {2}"created_at": "2026[^]*"target_branch": "main"\n\}\n$/,
    );
  });
});

Deno.test("Metadata that is a device or too large is refused, not read", async () => {
  if (Deno.build.os === "windows") return console.log("    skipped: no devices to link to here");
  await withPlatform({}, async (platform) => {
    const missionDir = `${platform.home}/kitty-specs/001-first`;
    await Deno.mkdir(missionDir, { recursive: true });
    await Deno.symlink("/dev/null", `${missionDir}/meta.json`);
    await assert.rejects(readMeta(platform, missionDir), { code: "not_a_file" });
    await Deno.remove(`${missionDir}/meta.json`);
    await Deno.writeTextFile(`${missionDir}/meta.json`, `{"a": "${"x".repeat(1_048_576)}"}`);
    await assert.rejects(readMeta(platform, missionDir), { code: "file_too_large" });
  });
});

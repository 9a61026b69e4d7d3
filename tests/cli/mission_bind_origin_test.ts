import assert from "node:assert/strict";
import { BIND, bindStub, refusal, searchStub, WEB_12, WEB_13 } from "../missions/support.ts";
import { mission, signedIn } from "./mission_support.ts";

Deno.test("`mission bind-origin` takes the whole name, the slug or the number, and asks", async () => {
  for (const name of ["012-fix-login", "fix-login", "012", "kitty-specs/012-fix-login/"]) {
    const network = [searchStub([WEB_12]), bindStub("012-fix-login")];
    await signedIn({ network, stdin: "y\n" }, async (project) => {
      await project.write("kitty-specs/012-fix-login/meta.json", "{}\n");
      const { code, stdout, stderr } = await mission(
        project,
        "bind-origin",
        name,
        "--ticket",
        "WEB-12",
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /\[y\/N\]/);
      assert.match(stdout, /✓ 012-fix-login comes from WEB-12: Login times out\n/);
      assert.match(stdout, /meta\.json/);
    });
  }
});

Deno.test("`mission bind-origin` once more says that nothing changed; another ticket is an error", async () => {
  const network = [
    searchStub([WEB_12]),
    bindStub("012-fix-login"),
    searchStub([WEB_12]),
    bindStub("012-fix-login"),
    searchStub([{ ...WEB_13, match_type: "exact" }], { query_key: "WEB-13" }),
    refusal(BIND, 409, "origin_conflict"),
  ];
  await signedIn({ network }, async (project) => {
    await project.write("kitty-specs/012-fix-login/meta.json", "{}\n");
    const bind = (key: string, ...more: string[]) =>
      mission(project, "bind-origin", "fix-login", "--ticket", key, "--yes", ...more);
    const first = JSON.parse((await bind("WEB-12", "--json")).stdout);
    assert.equal(first.changed, true);
    assert.equal(first.origin_link_id, "org_1");
    assert.match((await bind("WEB-12")).stdout, /came from WEB-12: Login times out already/);
    const other = await bind("WEB-13", "--json");
    assert.equal(other.code, 1);
    assert.equal(other.stdout, "");
    assert.equal(JSON.parse(other.stderr).error.code, "origin_conflict");
  });
});

Deno.test("`mission bind-origin` of a mission that is not there, or not the only one, asks no host", async () => {
  await signedIn({}, async (project) => {
    await project.write("kitty-specs/001-web/meta.json", "{}\n");
    await project.write("kitty-specs/002-web/meta.json", "{}\n");
    const missing = await mission(project, "bind-origin", "nope", "--ticket", "WEB-12");
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /No mission "nope"/);
    const both = await mission(project, "bind-origin", "web", "--ticket", "WEB-12");
    assert.match(both.stderr, /001-web, 002-web/);
  });
});

import assert from "node:assert/strict";
import { meta, packageFile, plant } from "../missions/packages/support.ts";
import { issue, SIGNED_IN, withScene } from "./support.ts";

const HOSTED = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };

Deno.test("the page tells how many packages are in which lane, and which tickets differ", () =>
  withScene({ env: SIGNED_IN }, async ({ root, bind, cache, json }) => {
    assert.equal((await json("state.json")).packages, null);
    await plant(root, {
      "kitty-specs/001-login/meta.json": meta("login", null),
      "kitty-specs/001-login/tasks/WP01.md": packageFile("WP01", '"Form\\u202e"', "lane: doing\n"),
      "kitty-specs/001-login/tasks/WP02.md": packageFile("WP02", "Mail"),
    });
    assert.deepEqual((await json("state.json")).packages, {
      total: 2,
      missions: 1,
      lanes: [{ lane: "planned", count: 1 }, { lane: "doing", count: 1 }],
      differing: [],
      more: 0,
    });
    await bind(HOSTED);
    await cache((store) => {
      store.putPage([issue("1", { status: "todo" })]);
      store.mappings.add(
        { wp_id: "WP01", system: "linear", workspace: "acme", external_id: "1" },
        "2026-03-10T12:00:00Z",
      );
    });
    const { differing } = (await json("state.json")).packages;
    const key = differing[0]?.issue;
    assert.deepEqual(differing, [{
      mission: "001-login",
      work_package: "WP01",
      title: "Form‹U+202E›",
      lane: "doing",
      issue: key,
      handle: "1",
      status: "todo",
    }]);
  }));

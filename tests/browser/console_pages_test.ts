import { DEMO, type RunningHost } from "../../src/server/mod.ts";
import { endOperation, insertOperation } from "../../src/server/store/operations.ts";
import { teamsOf, userByName } from "../../src/server/store/users.ts";
import { GOOD_TOKEN } from "../standins/connectable.ts";
import { browserTest, visit } from "./browser.ts";
import {
  assertGoodEverywhere,
  enter,
  open,
  signInByKeyboard,
  withConnectableHost,
} from "./console.ts";

const PATHS = [
  "/connections",
  "/connections/new/github",
  "/activity",
  "/activity/deliveries",
  "/activity/events",
  "/activity/work",
  "/people",
  "/people/new",
  "/people/tokens/new",
  "/people/users/demo%40example.com",
  "/people/users/demo%40example.com/password",
  "/people/users/demo%40example.com/remove",
];

/** What trackers answer has no length that anybody has agreed on. */
const LONG = `The tracker refused "${"transitionNotAllowedForIssueType".repeat(4)}"`;

/** Stores a push that failed for one of its items, and one that failed as a whole; returns their ids. */
async function storePushes({ context }: RunningHost): Promise<readonly string[]> {
  const user = await userByName(context.store, DEMO.username);
  const [team] = await teamsOf(context.store, user?.user.id ?? "");
  const item = (id: string, outcome: string, message: string | null) => ({
    ref: { id },
    action: "update",
    outcome,
    message,
  });
  const result = { items: [item("ENG-1", "updated", null), item("ENG-2", "failed", LONG)] };
  const error = { code: "internal_error", error_code: "internal_error", message: LONG };
  const ids: string[] = [];
  for (const [state, json] of [["completed", result], ["failed", error]] as const) {
    const id = context.newId("op");
    const end = { state, json: JSON.stringify(json), at: context.now() };
    await context.store.transaction(async (tx) => {
      await insertOperation(tx, {
        id,
        teamId: team?.id ?? "",
        userId: user?.user.id ?? "",
        bindingRef: "a-binding-that-is-gone",
        request: JSON.stringify({ kind: "push", items: [] }),
        createdAt: context.now(),
      });
      await endOperation(tx, id, end);
    });
    ids.push(id);
  }
  return ids;
}

browserTest(
  "pages of connections, activity, people, the log and errors are good for everybody, in every size and light",
  (browser) =>
    withConnectableHost((host) =>
      visit(
        browser,
        `${host.url}/sign-in`,
        { ready: "h1", expectedErrors: /status of (403|404|422|500)/ },
        async ({ page }) => {
          const lookAt = async (path: string, heading: string | null = null) => {
            await open(page, `${host.url}${path}`);
            await assertGoodEverywhere(page);
            if (heading !== null) await page.getByRole("heading", { name: heading }).waitFor();
          };
          await signInByKeyboard(page, DEMO);
          for (const path of PATHS) await lookAt(path);
          for (const id of await storePushes(host)) await lookAt(`/activity/operations/${id}`);
          await lookAt("/activity");

          await open(page, `${host.url}/connections/new/github`);
          await page.getByLabel("Token", { exact: true }).fill("fake-wrong");
          await enter(page, "Connect GitHub");
          await assertGoodEverywhere(page);
          await page.getByLabel("Token", { exact: true }).fill(GOOD_TOKEN);
          await enter(page, "What to bring from github");
          await assertGoodEverywhere(page);
          await page.getByLabel("acme/site").check();
          await enter(page, "github");
          await assertGoodEverywhere(page);
          const connection = new URL(page.url()).pathname;
          for (const part of ["/words", "/remove"]) await lookAt(connection + part);
          for (const path of ["/connections", "/audit"]) await lookAt(path);

          await lookAt("/no/such/page", "There is no such page");
          await host.context.store.run("UPDATE members SET role = 'member'");
          await lookAt("/people/new", "This is not for you");
          await host.context.store.run("ALTER TABLE mappings RENAME TO gone");
          await lookAt("/projects", "The host has failed");
        },
      )
    ),
);

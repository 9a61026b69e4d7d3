import assert from "node:assert/strict";
import { DEMO } from "../../src/server/mod.ts";
import { GOOD_TOKEN } from "../standins/connectable.ts";
import { browserTest, visit } from "./browser.ts";
import {
  assertGoodPage,
  choose,
  enter,
  fill,
  open,
  press,
  signInByKeyboard,
  tabTo,
  withConnectableHost,
} from "./console.ts";

browserTest(
  "people, tokens and connections are looked after by the keyboard alone",
  (browser) =>
    withConnectableHost((host) =>
      visit(
        browser,
        `${host.url}/people`,
        { ready: "h1", expectedErrors: /status of 422/ },
        async ({ page }) => {
          await signInByKeyboard(page, DEMO, "People");
          await press(page, "Add a person", "Add a person");
          await page.keyboard.type("ada@example.com");
          await fill(page, /^Name/, "Ada Lovelace");
          await press(page, "Add the person", "Ada Lovelace was added");
          const password = await page.getByLabel("Password of ada@example.com").inputValue();
          assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
          await tabTo(page, "Copy");
          await page.keyboard.press("Enter");
          await page.getByRole("button", { name: "Copied" }).waitFor();
          await press(page, "I have kept it", "Ada Lovelace");
          await choose(page, "What this person may do", /^Admin/);
          await press(page, "Change the role", "Ada Lovelace");
          await page.getByText("Ada Lovelace is an admin now.").waitFor();
          await press(page, "Create a token", "Create a machine token");
          await page.keyboard.type("ci");
          await press(page, "Create the token", "The token was created");
          assert.match(await page.getByLabel("Token", { exact: true }).inputValue(), /^trk_/);

          await press(page, "Connections", "Connections");
          await press(page, /^Connect GitHub/, "Connect GitHub");
          await fill(page, "Token", "fake-wrong");
          await enter(page, "Connect GitHub");
          await page.getByRole("alert").waitFor();
          await fill(page, "Token", GOOD_TOKEN);
          await press(page, "Test and connect", "What to bring from github");
          await tabTo(page, /acme\/site/);
          await page.keyboard.press("Space");
          await press(page, "Bring these here", "github");
          await page.getByText("1 place added.").waitFor();
          await press(page, "Pause", "github");
          await page.getByText('"github" is paused.').waitFor();

          await press(page, "Audit", "Audit");
          await choose(page, /^What/, /^Paused a connection$/);
          await press(page, "Filter", "Audit");
          await page.getByRole("link", { name: "Show all" }).waitFor();
          await page.getByText("Paused a connection: github").waitFor();
          await assertGoodPage(page);
        },
      )
    ),
);

browserTest(
  "without a script a person is added, and the password can be selected",
  (browser) =>
    withConnectableHost((host) =>
      visit(
        browser,
        `${host.url}/sign-in`,
        { ready: "h1", javaScriptEnabled: false },
        async ({ page }) => {
          await signInByKeyboard(page, DEMO);
          await open(page, `${host.url}/people/new`);
          await page.getByLabel("User name").fill("ada@example.com");
          await enter(page, "ada@example.com was added");
          const field = page.getByLabel("Password of ada@example.com");
          assert.match(await field.inputValue(), /^[a-z2-9-]{23}$/);
          assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
          await open(page, `${host.url}/audit`);
          await page.getByText("Added a person: ada@example.com").waitFor();
        },
      )
    ),
);

import type { Connecting, NewPlace } from "../../src/providers/mod.ts";

/** A tracker to connect, which takes one token. */
export interface ConnectableStandIn {
  readonly connecting: Connecting;
  /** What the token reaches. */
  places: NewPlace[];
  /** What the token may not do. */
  missing: string[];
  /** Secrets it was asked with, in order. */
  readonly asked: string[];
}

/** The one token that is taken. */
export const GOOD_TOKEN = "fake-token-0123456789abcdef";

/** Returns a stand-in with the places of these names. */
export function connectableStandIn(names: readonly string[]): ConnectableStandIn {
  const self: ConnectableStandIn = {
    places: names.map(placeNamed),
    missing: [],
    asked: [],
    connecting: {
      webhooks: {
        where: "In the settings of the tracker.",
        addressName: "Target",
        secretName: "Token",
        makesSecret: false,
        settings: [["Kind", "JSON"]],
      },
      credentials: [
        {
          kind: "token",
          title: "Access token",
          steps: ["Open the settings.", "Create a token that reads and writes issues."],
          url: "https://tracker.acme.com/settings/tokens",
          fields: [
            field("owner", { label: "Owner", isRequired: false, preset: "acme" }),
            field("token", { label: "Token", isSecret: true }),
          ],
        },
        {
          kind: "app",
          title: "App",
          steps: ["Install the app."],
          url: null,
          fields: [field("key", { label: "Private key", isSecret: true, isLong: true })],
        },
      ],
      read({ kind, values }) {
        const secret = values["token"] ?? values["key"] ?? "";
        if (!secret.startsWith("fake-")) {
          return { ok: false, field: "token", message: "A token begins with fake-." };
        }
        const site = values["owner"] ?? "";
        const baseUrl = "https://tracker.acme.com/api";
        return {
          ok: true,
          credential: { kind, secret, baseUrl, site: site === "" ? null : site },
        };
      },
      look({ secret }) {
        self.asked.push(secret);
        return Promise.resolve(
          secret === GOOD_TOKEN
            ? { ok: true, account: "ada-at-fake", missing: self.missing, places: self.places }
            : { ok: false, field: null, message: "The tracker does not know this token." },
        );
      },
    },
  };
  return self;
}

function field(name: string, changes: object) {
  const blank = { isSecret: false, isRequired: true, isLong: false, hint: null, preset: "" };
  return { name, label: name, ...blank, ...changes };
}

function placeNamed(name: string): NewPlace {
  return {
    externalId: `fake-${name}`,
    workspace: "acme",
    key: `acme/${name}`,
    url: `https://tracker.acme.com/acme/${encodeURIComponent(name)}`,
    workflow: "open",
    name,
    label: `acme/${name}`,
    context: {},
  };
}

import type { Parser } from "@optique/core/parser";
import { type Command, defineCommand, type Kit } from "../command/command.ts";

/** `host …`: the embedded control-plane host. */
export const HOST_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "host serve",
    group: "Host",
    summary: "Run a control-plane host on this machine.",
    gated: true,
    examples: ["tracker host serve --dev", "tracker host serve --data /var/lib/tracker"],
    readiness: "gate",
    missing: "Say where the data lives with `--data DIR`, or try it out with `--dev`.",
    options: (kit) =>
      kit.object("Options", {
        listen: kit.textValue(
          "--listen",
          "ADDR",
          "Address and port to listen on (127.0.0.1:8787).",
        ),
        storage: kit.or(
          kit.object({
            kind: kit.constant("data"),
            dir: kit.option("--data", kit.named("DIR"), {
              description: kit.text("Keep the data in DIR."),
            }),
          }),
          kit.object({
            kind: kit.constant("dev"),
            dev: kit.required("--dev", {
              description: kit.text(
                "Keep nothing; start with a demo user, a team and sample issues.",
              ),
            }),
          }),
        ),
        importFile: kit.textValue("--import", "FILE", "Import issues from FILE before serving."),
        rate: kit.optional(
          kit.option("--rate", kit.count(0), {
            description: kit.text("Calls one user may make a second (200; 0 for no limit)."),
          }),
        ),
        trustedProxies: kit.multiple(
          kit.option("--trusted-proxy", kit.named("CIDR"), {
            description: kit.text(
              "Address or range of a proxy whose X-Forwarded-For names the client.",
            ),
          }),
        ),
      }),
    load: () => import("./host/serve_run.ts"),
  }),
  defineCommand({
    path: "host user add",
    group: "Host",
    summary: "Add a user to a host's data; the password is read from standard input.",
    gated: true,
    examples: [
      "tracker host user add me@example.com --data /var/lib/tracker --team acme",
      "tracker host user add me@example.com --data data < password.txt",
    ],
    readiness: "gate",
    missing: "Name the user and the data: `tracker host user add NAME --data DIR`.",
    options: (kit) =>
      kit.object("Options", {
        username: userArgument(kit),
        data: dataOption(kit),
        team: kit.textValue(
          "--team",
          "TEAM",
          "Team of the user (the first team); created when missing.",
        ),
        name: kit.textValue("--name", "NAME", "Full name."),
        passwordStdin: passwordOption(kit),
      }),
    load: () => import("./host/user_add_run.ts"),
  }),
  defineCommand({
    path: "host user list",
    group: "Host",
    summary: "List the users of a host.",
    gated: true,
    examples: [
      "tracker host user list --data /var/lib/tracker",
      "tracker host user list --data data --json",
    ],
    readiness: "gate",
    missing: "Name the data: `--data DIR`.",
    options: (kit) => kit.object("Options", { data: dataOption(kit) }),
    load: () => import("./host/user_list_run.ts"),
  }),
  defineCommand({
    path: "host user password",
    group: "Host",
    summary: "Change a user's password and end the user's sessions.",
    gated: true,
    examples: [
      "tracker host user password me@example.com --data /var/lib/tracker",
      "tracker host user password me@example.com --data data --password-stdin < password.txt",
    ],
    readiness: "gate",
    missing: "Name the user and the data: `tracker host user password NAME --data DIR`.",
    options: (kit) =>
      kit.object("Options", {
        username: userArgument(kit),
        data: dataOption(kit),
        passwordStdin: passwordOption(kit),
      }),
    load: () => import("./host/user_password_run.ts"),
  }),
  defineCommand({
    path: "host user revoke",
    group: "Host",
    summary: "End all sessions of a user, who can sign in again.",
    gated: true,
    examples: [
      "tracker host user revoke me@example.com --data /var/lib/tracker",
      "tracker host user revoke me@example.com --data data --json",
    ],
    readiness: "gate",
    missing: "Name the user and the data: `tracker host user revoke NAME --data DIR`.",
    options: (kit) => kit.object("Options", { username: userArgument(kit), data: dataOption(kit) }),
    load: () => import("./host/user_revoke_run.ts"),
  }),
  defineCommand({
    path: "host user remove",
    group: "Host",
    summary: "Remove a user; the user's tokens stop working at once.",
    gated: true,
    examples: [
      "tracker host user remove me@example.com --data /var/lib/tracker",
      "tracker host user remove me@example.com --data data --yes",
    ],
    readiness: "gate",
    missing: "Name the user and the data: `tracker host user remove NAME --data DIR`.",
    options: (kit) => kit.object("Options", { username: userArgument(kit), data: dataOption(kit) }),
    load: () => import("./host/user_remove_run.ts"),
  }),
  defineCommand({
    path: "host import",
    group: "Host",
    summary: "Import issues into a host's data: JSON, JSON Lines, or an export of `bd`.",
    gated: true,
    examples: [
      "tracker host import issues.jsonl --data /var/lib/tracker -p linear",
      'tracker host import .beads/issues.jsonl --data data --resource "My project"',
    ],
    readiness: "gate",
    missing: "Name the file and the data: `tracker host import FILE --data DIR`.",
    options: (kit) =>
      kit.object("Options", {
        file: kit.argument(kit.named("FILE"), { description: kit.text("The file to import.") }),
        data: dataOption(kit),
        provider: kit.optional(
          kit.option("-p", "--provider", kit.oneOf("PROVIDER", "provider", kit.HOSTED_PROVIDERS), {
            description: kit.text("Provider the issues appear under (their own, else linear)."),
          }),
        ),
        resource: kit.textValue("--resource", "NAME", "Name of the resource they belong to."),
        team: kit.textValue("--team", "TEAM", "Team that sees them (the first team)."),
      }),
    load: () => import("./host/import_run.ts"),
  }),
  defineCommand({
    path: "host mapping list",
    group: "Host",
    summary: "List the bindings a host has issued.",
    gated: true,
    examples: [
      "tracker host mapping list --data /var/lib/tracker",
      "tracker host mapping list --data data --json",
    ],
    readiness: "gate",
    missing: "Name the data: `--data DIR`.",
    options: (kit) => kit.object("Options", { data: dataOption(kit) }),
    load: () => import("./host/mapping_list_run.ts"),
  }),
  defineCommand({
    path: "host mapping disable",
    group: "Host",
    summary: "Disable a binding; `--enable` allows it again.",
    gated: true,
    examples: [
      "tracker host mapping disable srm_01HXYZ --data /var/lib/tracker",
      "tracker host mapping disable srm_01HXYZ --data data --enable",
    ],
    readiness: "gate",
    missing: "Name the binding and the data: `tracker host mapping disable REF --data DIR`.",
    options: (kit) =>
      kit.object("Options", {
        ref: refArgument(kit),
        data: dataOption(kit),
        enable: kit.flag(["--enable"], "Allow the binding again."),
      }),
    load: () => import("./host/mapping_disable_run.ts"),
  }),
  defineCommand({
    path: "host mapping delete",
    group: "Host",
    summary: "Delete a binding, so that the resource can be bound again.",
    gated: true,
    examples: [
      "tracker host mapping delete srm_01HXYZ --data /var/lib/tracker",
      "tracker host mapping delete srm_01HXYZ --data data --yes",
    ],
    readiness: "gate",
    missing: "Name the binding and the data: `tracker host mapping delete REF --data DIR`.",
    options: (kit) => kit.object("Options", { ref: refArgument(kit), data: dataOption(kit) }),
    load: () => import("./host/mapping_delete_run.ts"),
  }),
];

function dataOption(kit: Kit): Parser<"sync", string, unknown> {
  return kit.option("--data", kit.named("DIR"), {
    description: kit.text("Directory of the host's data."),
  });
}

function userArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("NAME"), {
    description: kit.text("User name, an e-mail address."),
  });
}

function passwordOption(kit: Kit): Parser<"sync", boolean, unknown> {
  return kit.flag(
    ["--password-stdin"],
    "Read the password from standard input, at a terminal too.",
  );
}

function refArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("REF"), { description: kit.text("The binding reference.") });
}

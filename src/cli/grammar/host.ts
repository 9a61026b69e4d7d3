import { object, or } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, constant, flag as required, option } from "@optique/core/primitives";
import { HOSTED_PROVIDERS } from "../../contract/providers.ts";
import { type Command, defineCommand } from "../command.ts";
import { flag, named, textValue, value } from "./flags.ts";
import { oneOf } from "./values.ts";
import { text } from "./words.ts";

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
    options: () =>
      object("Options", {
        listen: textValue("--listen", "ADDR", "Address and port to listen on (127.0.0.1:8787)."),
        storage: or(
          object({
            kind: constant("data"),
            dir: option("--data", named("DIR"), { description: text("Keep the data in DIR.") }),
          }),
          object({
            kind: constant("dev"),
            dev: required("--dev", {
              description: text("Keep nothing; start with a demo user, a team and sample issues."),
            }),
          }),
        ),
        importFile: textValue("--import", "FILE", "Import issues from FILE before serving."),
      }),
    load: () => import("../commands/host_serve.ts"),
  }),
  defineCommand({
    path: "host user add",
    group: "Host",
    summary: "Add a user to a host's data; the password is read from standard input.",
    gated: true,
    examples: ["tracker host user add me@example.com --data /var/lib/tracker --team acme"],
    readiness: "gate",
    missing: "Name the user and the data: `tracker host user add NAME --data DIR`.",
    options: () =>
      object("Options", {
        username: argument(named("NAME"), { description: text("User name, an e-mail address.") }),
        data: dataOption(),
        team: withDefault(
          option("--team", named("TEAM"), { description: text("Team of the user (default).") }),
          "default",
        ),
        name: textValue("--name", "NAME", "Full name."),
      }),
    load: () => import("../commands/host_user_add.ts"),
  }),
  defineCommand({
    path: "host import",
    group: "Host",
    summary: "Import issues into a host's data: JSON, JSON Lines, or an export of `bd`.",
    gated: true,
    examples: ["tracker host import issues.jsonl --data /var/lib/tracker -p linear"],
    readiness: "gate",
    missing: "Name the file and the data: `tracker host import FILE --data DIR`.",
    options: () =>
      object("Options", {
        file: argument(named("FILE"), { description: text("The file to import.") }),
        data: dataOption(),
        provider: withDefault(
          option("-p", "--provider", oneOf("PROVIDER", "provider", HOSTED_PROVIDERS), {
            description: text("Provider the issues appear under (linear)."),
          }),
          "linear",
        ),
        resource: textValue("--resource", "NAME", "Name of the resource they belong to."),
        team: withDefault(
          option("--team", named("TEAM"), { description: text("Team that sees them (default).") }),
          "default",
        ),
      }),
    load: () => import("../commands/host_import.ts"),
  }),
  defineCommand({
    path: "host mapping list",
    group: "Host",
    summary: "List the bindings a host has issued.",
    gated: true,
    examples: ["tracker host mapping list --data /var/lib/tracker"],
    readiness: "gate",
    missing: "Name the data: `--data DIR`.",
    options: () => object("Options", { data: dataOption() }),
    load: () => import("../commands/host_mapping_list.ts"),
  }),
  defineCommand({
    path: "host mapping disable",
    group: "Host",
    summary: "Disable a binding; `--enable` allows it again.",
    gated: true,
    examples: ["tracker host mapping disable srm_01HXYZ --data /var/lib/tracker"],
    readiness: "gate",
    missing: "Name the binding and the data: `tracker host mapping disable REF --data DIR`.",
    options: () =>
      object("Options", {
        ref: refArgument(),
        data: dataOption(),
        enable: flag(["--enable"], "Allow the binding again."),
      }),
    load: () => import("../commands/host_mapping_disable.ts"),
  }),
  defineCommand({
    path: "host mapping delete",
    group: "Host",
    summary: "Delete a binding, so that the resource can be bound anew.",
    gated: true,
    examples: ["tracker host mapping delete srm_01HXYZ --data /var/lib/tracker"],
    readiness: "gate",
    missing: "Name the binding and the data: `tracker host mapping delete REF --data DIR`.",
    options: () => object("Options", { ref: refArgument(), data: dataOption() }),
    load: () => import("../commands/host_mapping_delete.ts"),
  }),
];

function dataOption() {
  return option("--data", named("DIR"), { description: text("Directory of the host's data.") });
}

function refArgument() {
  return argument(named("REF"), { description: text("The binding reference.") });
}

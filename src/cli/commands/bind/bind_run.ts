import type { BindCandidate } from "../../../contract/discovery.ts";
import { classifyProvider, type Provider, PROVIDER_TITLES } from "../../../contract/providers.ts";
import { candidateAt } from "../../../client/binding.ts";
import { configPath } from "../../../project/config_file.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { type BindingConfig, loadBinding } from "../../../project/config.ts";
import { missingWorkspace } from "../../../local/binding.ts";
import type { ProjectContext } from "../../../tracker/backend.ts";
import {
  type BindChoice,
  bindProject,
  type BindRequest,
  type BindResultOutcome,
  bindToCandidate,
} from "../../../tracker/binding.ts";
import { credentialNotAccepted, knownProvider } from "../../../tracker/provider_class.ts";
import { dashboardOfHost } from "../../../user/host_words.ts";
import type { Context } from "../../command/context.ts";
import { nameAndValue } from "../../command/name_value.ts";
import { DONE, type Text, text } from "../../terminal/text.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { canPick, pick } from "../../terminal/picker.ts";
import { askNumber, confirm } from "../../terminal/prompts.ts";
import { labelOf } from "../../../project/binding_label.ts";
import { tableLines } from "../../terminal/table.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** What to bind to, and how. */
export interface BindCommandOptions {
  readonly provider: Provider;
  readonly choice: BindChoice | undefined;
  readonly workspace: string | undefined;
  readonly credentials: readonly string[];
  readonly doctrineMode: string | undefined;
  readonly fieldOwners: readonly string[];
  readonly strategy: string | undefined;
}

const ASKING = "Asking the host for the binding";

/** Binds the project to a tracker. */
export async function run(context: Context, options: BindCommandOptions): Promise<number> {
  const project = await projectContext(context);
  const { provider, choice } = options;
  if (!(await mayReplace(context, await loadBinding(context.platform, project.root), choice))) {
    if (context.globals.json) context.output.json({ bound: false, declined: true });
    else context.output.notice("Nothing changed.");
    return 0;
  }
  return await conclude(
    context,
    project,
    provider,
    await whileWaiting(
      context,
      classifyProvider(provider).kind === "hosted" ? ASKING : "Looking for the workspace",
      () => bindProject(project, requestOf(context, options)),
    ),
  );
}

/** Refuses a credential for a host, and a local binding that names no workspace, before anything is asked. */
export function check(context: Context, options: BindCommandOptions): void {
  requestOf(context, options);
}

function requestOf({ platform }: Context, options: BindCommandOptions): BindRequest {
  const { choice, workspace = "" } = options;
  const { kind, provider } = knownProvider(platform.env, options.provider);
  if (kind === "hosted") {
    if (options.credentials.length > 0) throw credentialNotAccepted(provider);
    return { provider, choice };
  }
  if (workspace.trim() === "") throw missingWorkspace(provider);
  return {
    provider,
    workspace,
    credentials: pairs("--credential", options.credentials),
    doctrineMode: options.doctrineMode,
    fieldOwners: pairs("--field-owner", options.fieldOwners),
    strategy: options.strategy,
  };
}

async function conclude(
  context: Context,
  project: ProjectContext,
  provider: Provider,
  outcome: BindResultOutcome,
): Promise<number> {
  switch (outcome.kind) {
    case "bound":
    case "bound_local":
      return reportBound(context, outcome.binding);
    case "choose": {
      const chosen = await choose(context, provider, outcome.candidates, outcome.identity.slug);
      if (chosen === null) {
        context.output.notice("No resource was chosen, and nothing is bound.");
        return 0;
      }
      const { binding } = await whileWaiting(
        context,
        ASKING,
        () => bindToCandidate(project, provider, chosen),
      );
      return reportBound(context, binding);
    }
    case "none":
      throw new TrackerError({
        code: "no_candidates",
        message: `The host has no ${provider} resource for this project (${outcome.identity.slug})`,
        nextAction: `Check in ${await dashboardOfHost(
          context.platform,
        )} that the tracker is connected and has resources for this provider.`,
        details: { provider },
      });
    case "invalid":
      throw new TrackerError({
        code: outcome.reason,
        message: `The host refuses the binding "${outcome.bindingRef}": ${
          outcome.guidance ?? outcome.reason.replaceAll("_", " ")
        }`,
        nextAction: outcome.reason === "project_mismatch" && !outcome.hasIdentity
          ? `Commit the \`project\` section of \`.kittify/config.yaml\` from the checkout that was bound first, or ` +
            `find another with \`tracker discover -p ${provider}\`.`
          : `Find another with \`tracker discover -p ${provider}\`.`,
        details: { binding_ref: outcome.bindingRef, reason: outcome.reason },
      });
  }
}

/**
 * Has a person choose one of the candidates, with the keys of a terminal or by number; `null` when they leave. `--yes`
 * takes the only one.
 */
async function choose(
  context: Context,
  provider: Provider,
  candidates: readonly BindCandidate[],
  slug: string,
): Promise<BindCandidate | null> {
  const [only, ...others] = candidates;
  if (context.globals.yes && only !== undefined && others.length === 0) return only;
  const instead = `Choose with \`tracker bind -p ${provider} --select N\`.`;
  const { json, noInput } = context.globals;
  if (!json && !noInput && canPick(context)) {
    const ranked = candidates.toSorted((one, other) => one.sort_position - other.sort_position);
    const place = await pick(context, {
      question: `Which ${PROVIDER_TITLES[provider]} resource is this project (${slug})?`,
      rows: ranked.map((one) => [one.display_label, one.confidence, one.match_reason]),
    });
    return place === null ? null : ranked[place] ?? null;
  }
  const resources = plural(candidates.length, `${PROVIDER_TITLES[provider]} resource`);
  const number = await askNumber(context, {
    intro: [
      `${resources} could be this project (${slug}):`,
      "",
      ...candidateTable(candidates, context.output.promptWidth),
      "",
    ],
    question: "Which one?",
    highest: Math.max(...candidates.map((candidate) => candidate.sort_position + 1)),
    instead,
    unanswered: () => ambiguous(candidates, provider, instead),
  });
  return candidateAt(candidates, number);
}

function candidateTable(
  candidates: readonly BindCandidate[],
  width: number | null,
): readonly Text[] {
  return tableLines(
    [
      { title: "#" },
      { title: "RESOURCE", yields: 1 },
      { title: "MATCH" },
      { title: "WHY", yields: 2 },
    ],
    candidates.map((candidate) => [
      String(candidate.sort_position + 1),
      candidate.display_label,
      candidate.confidence,
      candidate.match_reason,
    ]),
    width,
  );
}

function ambiguous(
  candidates: readonly BindCandidate[],
  provider: Provider,
  instead: string,
): TrackerError {
  return new TrackerError({
    code: "ambiguous_binding",
    message: `${
      plural(candidates.length, `${PROVIDER_TITLES[provider]} resource`)
    } could be this project`,
    nextAction: instead,
    details: {
      candidates: candidates.map((candidate) => ({
        select: candidate.sort_position + 1,
        display_label: candidate.display_label,
        confidence: candidate.confidence,
        match_reason: candidate.match_reason,
      })),
    },
  });
}

/** An existing binding is replaced only when that was asked for, or a person agrees. */
async function mayReplace(
  context: Context,
  current: BindingConfig,
  choice: BindChoice | undefined,
): Promise<boolean> {
  if (current.provider === null || choice !== undefined) return true;
  return await confirm(context, {
    intro: [`This project is already bound to ${labelOf(current)} (${current.provider}).`],
    question: "Replace that binding?",
    instead: "Agree with `--yes`.",
  });
}

function reportBound(context: Context, binding: BindingConfig): number {
  const { output, globals } = context;
  if (globals.json) {
    output.json({
      bound: true,
      provider: binding.provider,
      binding_ref: binding.bindingRef,
      workspace: binding.workspace,
      display_label: binding.displayLabel,
      provider_context: binding.providerContext,
    });
    return 0;
  }
  const where = configPath("").replace(/^\//, "");
  output.result(text`${DONE} Bound to ${labelOf(binding)}. Saved in ${where}.`);
  output.notice("  Next: `tracker sync pull`");
  return 0;
}

function pairs(
  option: string,
  given: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map((pair) => nameAndValue(option, pair)));
}

import type { InvalidReason } from "../../../contract/discovery.ts";
import { STALE_BINDING_CODES } from "../../../contract/errors.ts";
import { classifyProvider, type HostedProvider } from "../../../contract/providers.ts";
import { HostedClient } from "../../../client/client.ts";
import { parseOwnership } from "../../../sync/ownership.ts";
import { type BindingConfig, isConfigured } from "../../../project/config.ts";
import { currentIdentity, partialIdentity } from "../../../project/identity.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { connectionChecks } from "./connection.ts";
import type { HostFinding } from "./host.ts";
import { codeOf, type DoctorContext, type ExaminedProject, failureOf } from "./doctor_context.ts";
import { type Check, type CheckDetails, failed, fine, info } from "../../services/report.ts";

/** Examines the project's binding; a hosted one is validated at the host (`null`: it is not to be asked). */
export async function examineBinding(
  doctor: DoctorContext,
  { root, binding }: ExaminedProject,
  host: HostFinding | null,
): Promise<readonly Check[]> {
  if (root === null || binding === null) return [];
  if (binding.provider === null) return [info("binding", "this project is not bound to a tracker")];
  const found = classifyProvider(binding.provider);
  switch (found.kind) {
    case "removed":
      return [failed("binding", found.message, "bind the project to another provider")];
    case "unknown":
      return [failed(
        "binding",
        `the project is bound to an unknown provider, "${binding.provider}"`,
        "run `tracker providers`, then `tracker bind` with one of them",
      )];
    case "local":
      return [localBinding(binding, found.provider)];
    case "hosted":
      return host === null
        ? [info("binding", "this project's binding is not in use on this machine")]
        : await hostedBinding(doctor, root, binding, found.provider, host);
  }
}

function localBinding(binding: BindingConfig, provider: string): Check {
  const details = { provider, workspace: binding.workspace };
  if (!isConfigured(binding)) {
    return failed(
      "binding",
      `the binding to ${provider} names no workspace`,
      `run \`tracker bind --provider ${provider} --workspace NAME\``,
      details,
    );
  }
  try {
    parseOwnership(binding.doctrineMode, binding.fieldOwners);
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return failed("binding", error.message, error.nextAction, details);
  }
  return fine(
    "binding",
    `bound to ${provider}, workspace ${binding.workspace ?? ""}`,
    details,
  );
}

async function hostedBinding(
  doctor: DoctorContext,
  root: string,
  binding: BindingConfig,
  provider: HostedProvider,
  host: HostFinding,
): Promise<readonly Check[]> {
  const { bindingRef, projectSlug, displayLabel } = binding;
  const details = { provider, binding_ref: bindingRef, project_slug: projectSlug };
  const key = bindingRef ?? projectSlug;
  if (key === null) {
    const words = `the binding to ${provider} is not complete`;
    return [failed("binding", words, bindAgain(provider), details)];
  }
  const name = displayLabel === null ? key : `${displayLabel} (${key})`;
  if (host.connection === null) {
    return [info("binding", `bound to ${name}; not checked at the host`, details)];
  }
  const client = new HostedClient(host.connection);
  try {
    if (bindingRef === null) {
      const { connection } = await client.status(provider, { project_slug: key });
      return [
        fine("binding", `bound to ${name}, ${provider}, known to the host`, details),
        ...connectionChecks(doctor, provider, connection),
      ];
    }
    const identity = partialIdentity(await currentIdentity(doctor.platform, root));
    const answer = await client.bindValidate(provider, bindingRef, identity);
    if (!answer.valid) {
      const { reason, guidance } = answer;
      const more = guidance === null ? {} : { guidance };
      return [stale(reason, bindingRef, provider, { ...details, ...more })];
    }
    const label = answer.display_label ?? bindingRef;
    return [
      fine("binding", `bound to ${label}, ${provider}, valid at the host`, details),
      ...connectionChecks(doctor, provider, answer.connection),
    ];
  } catch (error) {
    const code = codeOf(error);
    const isStale = STALE_BINDING_CODES.some((one) => one === code);
    if (!isStale) {
      const found = failureOf(doctor, "binding", error);
      return [{ ...found, nextAction: found.nextAction ?? bindAgain(provider) }];
    }
    const reason = code === "binding_not_found" ? "mapping_deleted" : code;
    return [stale(reason, key, provider, details)];
  }
}

const REASONS: Readonly<Record<InvalidReason, string>> = {
  mapping_deleted: "no longer exists at the host",
  mapping_disabled: "is disabled at the host",
  project_mismatch: "belongs to another project at the host",
};

function stale(
  reason: string | null,
  key: string,
  provider: HostedProvider,
  details: CheckDetails,
): Check {
  const words = Object.entries(REASONS).find(([name]) => name === reason)?.[1];
  const again = bindAgain(provider);
  return failed(
    "binding",
    `binding ${key} ${words ?? "is not valid at the host"}`,
    reason === "mapping_disabled" ? `enable the mapping in the dashboard, or ${again}` : again,
    { ...details, reason },
  );
}

function bindAgain(provider: HostedProvider): string {
  return `run \`tracker bind --provider ${provider}\``;
}

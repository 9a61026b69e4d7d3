import {
  classifyProvider,
  LOCAL_PROVIDERS,
  type LocalProvider,
} from "../../../contract/providers.ts";
import { excerpt } from "../../terminal/text.ts";
import { BD_INSTALL_HINT } from "../../../local/bd.ts";
import { FP_INSTALL_HINT } from "../../../local/fp.ts";
import type { FilesFinding } from "./files.ts";
import { codeOf, type DoctorContext, examined, failureOf } from "./doctor_context.ts";
import { toolAt, toolOf } from "../../services/places_here.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";

const TOOLS: Readonly<Record<LocalProvider, { readonly command: string; readonly hint: string }>> =
  {
    beads: { command: "bd", hint: BD_INSTALL_HINT },
    fp: { command: "fp", hint: FP_INSTALL_HINT },
  };

const TIMEOUT_MS = 5_000;
const VERSION_LENGTH = 60;

/** Examines the local tools: found or not; only the one that the binding needs must be there. */
export async function examineTools(
  doctor: DoctorContext,
  files: FilesFinding,
): Promise<readonly Check[]> {
  const bound = boundTool(files);
  const lines: Check[] = [];
  for (const provider of LOCAL_PROVIDERS) {
    const needed = bound === provider;
    lines.push(
      ...await examined(
        doctor,
        TOOLS[provider].command,
        () => examineTool(doctor, files, provider, needed),
      ),
    );
  }
  return lines;
}

/** The local provider the project is bound to, or `null`. */
export function boundTool({ project }: FilesFinding): LocalProvider | null {
  const found = classifyProvider(project.binding?.provider ?? "");
  return found.kind === "local" ? found.provider : null;
}

/** The command of a local provider's tool, as it has been named at binding. */
export async function toolCommand(
  { platform }: DoctorContext,
  files: FilesFinding,
  provider: LocalProvider,
): Promise<{ readonly command: string; readonly cwd: string }> {
  const base = files.project.root ?? platform.system.cwd();
  return files.credentials ? await toolAt(platform, base, provider) : toolOf(base, provider, {});
}

async function examineTool(
  doctor: DoctorContext,
  files: FilesFinding,
  provider: LocalProvider,
  needed: boolean,
): Promise<readonly Check[]> {
  const { platform } = doctor;
  const { hint, command: name } = TOOLS[provider];
  const { command, cwd } = await toolCommand(doctor, files, provider);
  const details = { provider, command };
  if (needed && (await platform.files.stat(cwd))?.kind !== "directory") {
    return [failed(
      name,
      `the directory ${cwd}, where ${command} runs, does not exist`,
      "bind again with `--credential cwd=DIR`",
      { ...details, cwd },
    )];
  }
  try {
    const result = await platform.processes.run({
      command,
      args: ["--version"],
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 65_536,
      ...(needed ? { cwd } : {}),
    });
    const [line = ""] = new TextDecoder().decode(result.stdout).split("\n");
    const version = line.trim();
    const words = version === "" ? "" : ` (${excerpt(version, VERSION_LENGTH)})`;
    return [fine(name, `${command} found${words}`, { ...details, version })];
  } catch (error) {
    if (codeOf(error) === "command_missing") {
      return [
        needed
          ? failed(
            name,
            `${command} not found, which the binding to ${provider} needs`,
            hint,
            details,
          )
          : info(name, `${command} not found (only needed for ${provider})`, details),
      ];
    }
    if (error instanceof Error && error.name === "NotCapable") throw error;
    const { message } = failureOf(doctor, name, error);
    return [
      needed
        ? warning(name, message, `try \`${command} --version\` yourself`, details)
        : info(name, message, details),
    ];
  }
}

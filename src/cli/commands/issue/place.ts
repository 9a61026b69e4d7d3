import { classifyProvider, PROVIDER_TITLES } from "../../../contract/providers.ts";

/** What the issues of a binding come from. */
export interface IssuePlace {
  /** What the tracker is called. */
  readonly tracker: string;
  /** Whether it is a tool on this machine. */
  readonly isLocal: boolean;
}

/** Returns what the issues of a binding with this provider come from. */
export function placeOf(provider: string): IssuePlace {
  const known = classifyProvider(provider);
  const isOurs = known.kind === "hosted" || known.kind === "local";
  return {
    tracker: isOurs ? PROVIDER_TITLES[known.provider] : provider,
    isLocal: known.kind === "local",
  };
}

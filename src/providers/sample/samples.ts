import type { Status } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import type { Provider } from "../provider.ts";
import { sampleProvider } from "./sample_provider.ts";

const REPOSITORY_STATUSES: Readonly<Record<Status, string>> = {
  todo: "open",
  in_progress: "open: in progress",
  in_review: "open: in review",
  blocked: "open: blocked",
  done: "closed as completed",
  canceled: "closed as not planned",
};

/** Every provider as the host has it without a connection: its issues live in the host itself. */
export const SAMPLES: Readonly<Record<HostedProvider, Provider>> = {
  linear: sampleProvider({
    name: "linear",
    resourceType: "linear_team",
    statuses: {
      todo: "Todo",
      in_progress: "In Progress",
      in_review: "In Review",
      blocked: "Blocked",
      done: "Done",
      canceled: "Canceled",
    },
  }),
  jira: sampleProvider({
    name: "jira",
    resourceType: "jira_project",
    statuses: {
      todo: "To Do",
      in_progress: "In Progress",
      in_review: "Code Review",
      blocked: "On Hold",
      done: "Done",
      canceled: "Won't Do",
    },
  }),
  github: sampleProvider({
    name: "github",
    resourceType: "github_repository",
    statuses: REPOSITORY_STATUSES,
  }),
  gitlab: sampleProvider({
    name: "gitlab",
    resourceType: "gitlab_project",
    statuses: REPOSITORY_STATUSES,
  }),
};

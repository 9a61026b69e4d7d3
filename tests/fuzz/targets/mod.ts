import type { Target } from "../target.ts";
import { hostImport } from "./host_import.ts";
import { hostRequests } from "./host_requests.ts";
import { hostedAnswers } from "./hosted_answers.ts";
import { toolOutput } from "./local_tools.ts";
import { projectConfig } from "./project_config.ts";
import { documents, quickActions, wikiMarkup, writtenMarkdown } from "./provider_texts.ts";
import { daemonState, eventQueue, gitFiles, missionMeta } from "./state_files.ts";
import { credentials, userSettings } from "./user_files.ts";
import { commandLine, hostUrls, pushItems, sanitizedText } from "./words.ts";

/** Every target. */
export const TARGETS: readonly Target[] = [
  projectConfig,
  userSettings,
  credentials,
  missionMeta,
  gitFiles,
  hostedAnswers,
  pushItems,
  toolOutput,
  hostRequests,
  hostImport,
  eventQueue,
  daemonState,
  commandLine,
  sanitizedText,
  hostUrls,
  quickActions,
  wikiMarkup,
  documents,
  writtenMarkdown,
];

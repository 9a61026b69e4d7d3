import type { JiraTexts } from "./texts.ts";

/** The entity property, and the label, under which a creation is found again. */
export const MARKER = "tracker";

/** What differs between Jira in the cloud and on a team's own server. */
export interface Edition {
  readonly name: "cloud" | "data_center";
  /** Where the REST API begins. */
  readonly api: string;
  readonly texts: JiraTexts;
}

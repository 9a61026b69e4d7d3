/** One resource of the demo team, with the work in it. */
export interface ResourcePlan {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly externalId: string;
  /** Whether its issues have numbers for ids, made from its own. */
  readonly numericIds?: boolean;
  readonly workspace: string;
  readonly url: string;
  readonly context: Readonly<Record<string, string>>;
  readonly workflow: "open" | "guided";
  readonly epics: readonly EpicPlan[];
}

/** A piece of work large enough to hold others. */
export interface EpicPlan {
  readonly title: string;
  /** One sentence that ends "so that …". */
  readonly goal: string;
  readonly labels: readonly string[];
  /** `story|task|bug|chore: title`; a line that starts with `>` is a subtask of the one above. */
  readonly work: readonly string[];
}

/** A denial worded as Deno's own, so that callers recognise a single kind. */
export class NotCapableError extends Error {
  /** Creates a denial of one kind of access to a target. */
  constructor(kind: "read" | "write" | "net" | "env" | "run" | "sys", target: string) {
    super(`Requires ${kind} access to "${target}", run again with the --allow-${kind} flag`);
    this.name = "NotCapable";
  }
}

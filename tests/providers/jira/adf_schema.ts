/** Atlassian's schema of its documents, where this machine has it. */
import { Ajv } from "ajv";

const FILES: readonly (string | URL)[] = [
  ...[Deno.env.get("TRACKER_TEST_ADF_SCHEMA") ?? ""].filter((path) => path !== ""),
  new URL("../../../../shared/data/providers/jira/adf-schema.json", import.meta.url),
];

/** Tells what is wrong with a document, and which kinds of nodes there are. */
export interface AdfSchema {
  /** Returns `null` for a document that Jira takes. */
  fault(document: unknown): string | null;
  readonly kinds: ReadonlySet<string>;
}

/** Returns the schema; `null` without it. */
export async function adfSchema(): Promise<AdfSchema | null> {
  for (const file of FILES) {
    try {
      return schemaFrom(JSON.parse(await Deno.readTextFile(file)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.log("Atlassian's schema of documents is not on this machine: not compared with it");
  return null;
}

interface SchemaFile {
  /** An edition that the validator does not know by name; it is read as a later one. */
  readonly $schema?: string;
  readonly definitions: Record<string, { readonly properties?: { readonly type?: unknown } }>;
}

function schemaFrom(file: SchemaFile): AdfSchema {
  const { $schema: _, ...schema } = file;
  const validate = new Ajv({ strict: false, logger: false }).compile(schema);
  const kinds = new Set<string>();
  for (const [name, { properties }] of Object.entries(file.definitions)) {
    if (!name.endsWith("_node")) continue;
    const type = properties?.type;
    if (typeof type !== "object" || type === null || !("enum" in type)) continue;
    if (Array.isArray(type.enum)) { for (const kind of type.enum) kinds.add(String(kind)); }
  }
  return {
    fault(document) {
      if (validate(document)) return null;
      const [worst] = (validate.errors ?? []).toSorted((a, b) =>
        b.instancePath.length - a.instancePath.length
      );
      return `${worst?.instancePath} ${worst?.message}`;
    },
    kinds,
  };
}

/** Prints the bill of materials of the bundle, in CycloneDX: `deno run -A scripts/sbom.ts`. */
const ROOT = new URL("../", import.meta.url);

/** What `deno.lock` says of a package. */
interface LockedPackage {
  readonly integrity: string;
  readonly dependencies?: readonly string[];
}

/** The parts of `deno.lock` that are read. */
export interface Lock {
  /** The version each wanted range stands for. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** The parts of `deno.json` that are read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** One package, as CycloneDX has it. */
export interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

/** A bill of materials. */
export interface BillOfMaterials {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Readonly<Record<string, string>> };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

if (import.meta.main) {
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
  console.log(
    JSON.stringify(billOfMaterials(await read("deno.json"), await read("deno.lock")), null, 2),
  );
}

/** Every package that the lock file pins, those for tests included. */
export function billOfMaterials(manifest: Manifest, lock: Lock): BillOfMaterials {
  const { name, version } = manifest;
  const root = `pkg:generic/${name}@${version}`;
  const packages = Object.entries(lock.npm);
  const refOf = new Map(packages.map(([key]) => [key, purl(key)]));
  const find = (wanted: string) =>
    refOf.get(wanted) ?? [...refOf].find(([key]) => key.startsWith(`${wanted}@`))?.[1];
  const direct = Object.entries(lock.specifiers).flatMap(([specifier, resolved]) => {
    const plain = specifier.replace(/^npm:/, "").replace(/(.)@.*$/, "$1");
    return find(`${plain}@${resolved}`) ?? [];
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": root, name, version, purl: root } },
    components: packages.map(([key, { integrity }]) => component(key, integrity)),
    dependencies: [
      { ref: root, dependsOn: direct },
      ...packages.map(([key, { dependencies = [] }]) => ({
        ref: purl(key),
        dependsOn: dependencies.flatMap((one) => find(one) ?? []),
      })),
    ],
  };
}

function component(key: string, integrity: string): Component {
  const { name, version } = parts(key);
  const ref = purl(key);
  const digest = integrity.replace(/^sha512-/, "");
  const content = Array.from(
    atob(digest),
    (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0"),
  ).join("");
  return {
    type: "library",
    "bom-ref": ref,
    name,
    version,
    purl: ref,
    hashes: [{ alg: "SHA-512", content }],
  };
}

function purl(key: string): string {
  const { name, version } = parts(key);
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** A key such as `@a/b@1.2.3_peer@4.5.6`: what follows the underscore only tells peers apart. */
function parts(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  const [version = ""] = key.slice(at + 1).split("_");
  return { name: key.slice(0, at), version };
}

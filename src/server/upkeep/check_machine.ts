import type { Platform } from "../../platform/platform.ts";
import { databaseIn, type HostLocation } from "../context/location.ts";
import { broken, doubtful, type HostFinding, note, sound } from "./finding.ts";

const MIB = 1024 * 1024;
/** Below this nothing can be relied on to be stored. */
const FULL_BYTES = 32 * MIB;
const SCARCE_BYTES = 512 * MIB;
/** Fewer open files than this are few for a host. */
const FEW_DESCRIPTORS = 1024;

/** Looks whether the data is private to its user, and can be written. The file of a key is looked at with the key. */
export async function examineFiles(
  platform: Platform,
  location: HostLocation,
): Promise<readonly HostFinding[]> {
  if (!("dataDir" in location)) {
    const { passwordFile } = location;
    return passwordFile === undefined ? [] : await exposure(platform, passwordFile, "600");
  }
  const { dataDir } = location;
  if (await platform.files.stat(dataDir) === null) return [];
  const database = databaseIn(dataDir);
  const found = [...await exposure(platform, dataDir, "700")];
  for (const path of [database, `${database}-wal`]) {
    found.push(...await exposure(platform, path, "600"));
  }
  const { mode = null } = await platform.files.stat(dataDir) ?? {};
  if (mode !== null && (mode & 0o200) === 0) {
    found.push(unwritable(dataDir, `its mode is ${octal(mode)}`, "700"));
  }
  found.push(...await unwritableFile(platform, database));
  return found.length > 0 ? found : [sound("files", "the data is private to its user")];
}

async function exposure(
  platform: Platform,
  path: string,
  wanted: "600" | "700",
): Promise<readonly HostFinding[]> {
  const { mode = null } = await platform.files.stat(path) ?? {};
  if (mode === null || (mode & 0o077) === 0) return [];
  return [doubtful(
    "files",
    `other users of this machine may open "${path}" (mode ${octal(mode)})`,
    `make it private with \`chmod ${wanted}\``,
    { path, mode: octal(mode) },
  )];
}

async function unwritableFile(
  { files, system }: Platform,
  path: string,
): Promise<readonly HostFinding[]> {
  if (await files.stat(path) === null) return [];
  if (!["granted", "partial"].includes(system.permission("write", path))) {
    return [note(
      "files",
      `whether "${path}" can be written is not known: \`--allow-write\` is not granted`,
      { path },
    )];
  }
  const reason = await files.whyUnwritable(path);
  return reason === null ? [] : [unwritable(path, reason, "600")];
}

function unwritable(path: string, reason: string, wanted: "600" | "700"): HostFinding {
  return broken(
    "files",
    `"${path}" can only be read: ${reason}`,
    `run the host as the owner of the data, and set the mode ${wanted} with \`chmod ${wanted}\``,
    { code: "database_unusable", path, reason },
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Looks at the free space on the disk of a directory of data; of a server's disk nothing is known here. */
export async function examineDisk(
  platform: Platform,
  location: HostLocation,
): Promise<readonly HostFinding[]> {
  if (!("dataDir" in location) || await platform.files.stat(location.dataDir) === null) return [];
  const free = await platform.system.freeBytes(location.dataDir);
  if (free === null) {
    return [note("disk", "the free disk space is not known: `--allow-sys=statfs` is not granted")];
  }
  const words = `${Math.floor(free / MIB)} MiB are free on the disk of the data`;
  const details = { free_bytes: free };
  if (free < FULL_BYTES) return [broken("disk", words, "free disk space", details)];
  if (free < SCARCE_BYTES) return [doubtful("disk", words, "free disk space soon", details)];
  return [sound("disk", words, details)];
}

/** Looks at how many files and connections a process that is started like this one may have open. */
export function examineDescriptors({ system }: Platform): readonly HostFinding[] {
  const limit = system.descriptorLimit();
  if (!Number.isFinite(limit)) {
    // Only Linux has a file that tells.
    return system.os === "linux"
      ? [
        note(
          "descriptors",
          "how many files may be open is not known: `--allow-all` is not granted",
        ),
      ]
      : [];
  }
  const words = `a process started here may have ${limit} files and connections open`;
  return [
    limit < FEW_DESCRIPTORS
      ? doubtful("descriptors", words, "raise it with `ulimit -n`, or `LimitNOFILE=` of systemd", {
        limit,
      })
      : sound("descriptors", words, { limit }),
  ];
}

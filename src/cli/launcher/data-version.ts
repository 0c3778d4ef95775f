import { CommandError } from '../command-error';
import type { DataDirectory } from './data-directory';
import { readJson, writePrivateJson } from './private-file';

/** Counts up when a launcher lays its files out so that an older one would misread them. */
const DATA_VERSION = 1;

/**
 * Marks the directory with the version of its layout.
 * @throws CommandError when a newer Herald has laid it out
 */
export function markDataVersion({ root, versionFile }: DataDirectory): void {
  const marked = readJson(versionFile) as { readonly dataVersion?: number } | undefined;
  const version = marked?.dataVersion ?? 0;
  if (version > DATA_VERSION) {
    throw new CommandError(
      `The data directory ${root} was made by a newer Herald (data version ${version}, this one knows ${DATA_VERSION}): run that one, or choose another directory with \`--data DIR\`.`,
    );
  }
  if (version < DATA_VERSION) writePrivateJson(versionFile, { dataVersion: DATA_VERSION });
}

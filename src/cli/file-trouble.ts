import { CommandError } from './command-error';

/** What a person can do something about, by the code of the system. */
const TROUBLES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is in the way',
};

/** What Node makes of a folder on a disk that is read-only. */
const CANNOT_BE_MADE = 'it cannot be made there, perhaps because the disk is read-only';

/** @returns the sentence for a failed look at or change of a file; undefined for every other error */
export function fileTrouble(error: unknown): CommandError | undefined {
  const { code = '', path, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const trouble = code === 'ENOENT' && syscall === 'mkdir' ? CANNOT_BE_MADE : TROUBLES[code];
  if (trouble === undefined || syscall === undefined) return undefined;
  return new CommandError(
    `${path ?? 'A file of the data directory'} cannot be used: ${trouble}; put that right or choose another directory with \`--data DIR\`.`,
    { cause: error },
  );
}

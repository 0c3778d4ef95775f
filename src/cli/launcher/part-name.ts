/** The programs of a stack that the launcher starts, by the names of their logs and of `runtime.json`. */
export type PartName = 'postgres' | 'temporal' | 'simulator' | 'api' | 'worker';

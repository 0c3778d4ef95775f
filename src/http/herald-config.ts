/** Injection token of the parsed environment (`HeraldConfig`). */
export const HERALD_CONFIG = Symbol('HeraldConfig');

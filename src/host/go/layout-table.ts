import type { GoLayout } from './types.js';
export const TABLE: ReadonlyMap<number, GoLayout> = new Map();

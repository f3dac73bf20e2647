import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 look for what is garbage once the heap has grown by half since it last did. By itself it waits for up to four times
 * as much, the longer the busier the machine is, and nearly all that a recording or a session brings is garbage soon.
 */
export function keepHeapLean(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
